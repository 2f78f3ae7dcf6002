using System.Globalization;

namespace Stun.Node.Gateway;

/// <summary>Reads texts of a form and gathers every fault, so that all of them are told together.</summary>
public sealed class FormReader
{
    private readonly List<FormFault> faults = [];

    public IReadOnlyList<FormFault> Faults => faults;

    public void Refuse(string path, string message) => faults.Add(new FormFault(path, message));

    public void ThrowIfRefused()
    {
        if (faults.Count == 0) return;
        var first = faults[0];
        var more = faults.Count == 1 ? "" : $" ({faults.Count} faults in all)";
        throw new ApiException("request.invalid", $"{first.Path}: {first.Message}{more}") { Faults = faults };
    }

    public Digest Digest(string path, string? text)
    {
        const string prefix = "sha256:";
        var hex = text is null ? "" : text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text;
        Span<byte> bytes = stackalloc byte[Protocol.Digest.Size];
        if (hex.Length == 2 * Protocol.Digest.Size && TryHex(hex, bytes)) return Protocol.Digest.Read(bytes);
        Refuse(path, "must be sha256: and 64 hexadecimal digits");
        return default;
    }

    public Address Address(string path, string? text)
    {
        if (TryAddress(text, out var address)) return address;
        Refuse(path, "must be 0x and 40 hexadecimal digits");
        return default;
    }

    public Amount Amount(string path, string? text)
    {
        if (text is { Length: > 0 and <= 39 } && UInt128.TryParse(text, NumberStyles.None,
                CultureInfo.InvariantCulture, out var units) && new Amount(units) <= Limits.MoneyMax)
            return new Amount(units);
        Refuse(path, "must be an amount in the smallest unit: decimal digits, below 2^104");
        return default;
    }

    public T Named<T>(string path, string? text, T standard, Func<string, T> parse)
    {
        if (string.IsNullOrEmpty(text)) return standard;
        try
        {
            return parse(text);
        }
        catch (FormatException failure)
        {
            Refuse(path, failure.Message);
            return standard;
        }
    }

    public T Choice<T>(string path, string? text, T standard)
        where T : struct, Enum
    {
        if (text is null) return standard;
        foreach (var name in Enum.GetNames<T>())
            if (string.Equals(name, text, StringComparison.OrdinalIgnoreCase)) return Enum.Parse<T>(name);
        var names = string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant();
        Refuse(path, $"must be one of {names}");
        return standard;
    }

    public static bool TryAddress(string? text, out Address address)
    {
        Span<byte> bytes = stackalloc byte[Protocol.Address.Size];
        address = default;
        if (text is not { Length: 42 } || !text.StartsWith("0x", StringComparison.Ordinal)) return false;
        if (!TryHex(text.AsSpan(2), bytes)) return false;
        address = Protocol.Address.Read(bytes);
        return true;
    }

    public static bool TryTaskId(string? text, out TaskId task)
    {
        task = default;
        if (text is not { Length: 32 }) return false;
        const NumberStyles hex = NumberStyles.AllowHexSpecifier;
        if (!ulong.TryParse(text.AsSpan(0, 16), hex, CultureInfo.InvariantCulture, out var high)) return false;
        if (!ulong.TryParse(text.AsSpan(16), hex, CultureInfo.InvariantCulture, out var low)) return false;
        task = new TaskId(high, low);
        return true;
    }

    private static bool TryHex(ReadOnlySpan<char> text, Span<byte> bytes) =>
        Convert.FromHexString(text, bytes, out _, out var written) == System.Buffers.OperationStatus.Done
        && written == bytes.Length;
}
