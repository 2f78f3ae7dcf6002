using System.Text;
using Stun.Chain.Evm.Encoding;

namespace Stun.Chain.Evm.Abi;

/// <summary>Why a contract refused, in words.</summary>
/// <param name="Name">Of the error, for programs; null where it is not known.</param>
/// <param name="Message">For people.</param>
/// <param name="Values">What the error carries.</param>
public sealed record Revert(string? Name, string Message, ValueList<AbiValue> Values)
{
    /// <summary>Contracts may say anything; a line of a log has room for this.</summary>
    private const int TextMax = 500;

    private static readonly AbiSignature Error = AbiSignature.Parse("Error(string)");
    private static readonly AbiSignature ErrorBytes = AbiSignature.Parse("Error(bytes)");
    private static readonly AbiSignature Panic = AbiSignature.Parse("Panic(uint256)");

    /// <summary>Never fails: a refusal that cannot be read is still one.</summary>
    /// <param name="data">What the call gave back.</param>
    /// <param name="known">The errors of the contracts that were involved.</param>
    public static Revert Read(ReadOnlySpan<byte> data, ValueList<AbiSignature> known)
    {
        if (data.IsEmpty) return new Revert(null, "The contract refused and gave no reason.", []);
        try
        {
            // As bytes: a reason that is not UTF-8 is better shown with a mark than not at all.
            if (Error.Begins(data)) return OfText(AbiCodec.Decode(ErrorBytes.Types, data[AbiSignature.SelectorSize..]));
            if (Panic.Begins(data)) return OfPanic(Panic.DecodeCall(data));
            foreach (var each in known)
                if (each.Begins(data)) return Named(each, each.DecodeCall(data));
        }
        catch (ChainException broken)
        {
            return new Revert(null, $"The contract refused with {Shown(data)}. {broken.Message}", []);
        }
        return new Revert(null, $"The contract refused with an error that is not known here: {Shown(data)}.", []);
    }

    private static Revert OfText(ValueList<AbiValue> values)
    {
        var text = System.Text.Encoding.UTF8.GetString(((AbiValue.Bytes)values[0]).Value.Span);
        return new Revert(Error.Name, $"The contract refused: {Plain(text)}", [new AbiValue.Text(text)]);
    }

    private static Revert OfPanic(ValueList<AbiValue> values)
    {
        var code = ((AbiValue.Number)values[0]).Value;
        var what = code > 0xff ? "" : (int)code switch
        {
            0x00 => "a check that compilers write",
            0x01 => "an assertion that does not hold",
            0x11 => "a number that does not fit its type",
            0x12 => "a division by zero",
            0x21 => "a number that is no case of its enumeration",
            0x22 => "bytes in storage that are not encoded as they should be",
            0x31 => "taking from an empty array",
            0x32 => "an index beyond the end of an array",
            0x41 => "more memory than there is",
            0x51 => "a call of a function that was never set",
            _ => "",
        };
        var known = what.Length == 0 ? "an unknown fault" : what;
        return new Revert(Panic.Name, $"The contract failed: {known} (panic {Hex.Quantity((UInt256)code)}).", values);
    }

    private static Revert Named(AbiSignature error, ValueList<AbiValue> values)
    {
        var text = $"{error.Name}({string.Join(", ", values)})";
        return new Revert(error.Name, $"The contract refused: {Plain(text)}", values);
    }

    /// <summary>What a stranger's contract says goes to terminals and logs: no line ends, no escapes.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (plain.Length >= TextMax) return plain.Append('…').ToString();
            var isPlain = Rune.GetUnicodeCategory(rune) is not (System.Globalization.UnicodeCategory.Control
                or System.Globalization.UnicodeCategory.Format
                or System.Globalization.UnicodeCategory.LineSeparator
                or System.Globalization.UnicodeCategory.ParagraphSeparator);
            plain.Append(isPlain ? rune : Rune.ReplacementChar);
        }
        return plain.ToString();
    }

    private static string Shown(ReadOnlySpan<byte> data) =>
        data.Length <= 68 ? Hex.Data(data) : $"{Hex.Data(data[..68])}… ({data.Length} bytes)";
}
