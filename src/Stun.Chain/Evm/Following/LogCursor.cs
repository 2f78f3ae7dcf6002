using System.Globalization;
using Stun.Chain.Evm.Encoding;

namespace Stun.Chain.Evm.Following;

/// <summary>
/// How far a caller has come. Kept together with what the caller made of the logs, it gives each log exactly once.
/// </summary>
/// <param name="Hash">Zero where a caller begins and does not know the block yet.</param>
/// <param name="Index">
/// Of the last log in this block that was delivered; -1 for none, <see cref="Whole"/> for all.
/// </param>
public sealed record LogCursor(ulong Block, Digest Hash, long Index)
{
    public const long Whole = long.MaxValue;

    /// <summary>Everything from the first log of this block on.</summary>
    public static LogCursor StartAt(ulong block) => new(block, Digest.Zero, -1);

    /// <summary>The first block that may hold something new.</summary>
    internal ulong Next => Index == Whole ? Block + 1 : Block;

    internal bool IsBehind(ulong block, uint index) => block > Block || (block == Block && index > Index);

    public override string ToString() =>
        $"{Block}:{Hash}:{(Index == Whole ? "*" : Index.ToString(CultureInfo.InvariantCulture))}";

    public static LogCursor Parse(string text)
    {
        if (text.Split(':') is [var block, var hash, var index]
            && ulong.TryParse(block, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && TryIndex(index, out var last))
            return new LogCursor(number, Hex.ParseDigest("0x" + hash, "the hash of a cursor"), last);
        throw new ChainException("chain.cursor-form", $"'{text}' is no place in a chain.",
            "Give it as it was written: BLOCK:HASH:INDEX.");
    }

    private static bool TryIndex(string text, out long index)
    {
        index = Whole;
        if (text == "*") return true;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out index)
            && index is >= -1 and <= uint.MaxValue;
    }
}
