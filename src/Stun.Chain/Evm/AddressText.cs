using System.Text.RegularExpressions;

namespace Stun.Chain.Evm;

/// <summary>
/// Addresses as people read and type them (EIP-55): the capitals among the digits are a checksum, in which all but one
/// in some thousands of slips show.
/// </summary>
public static partial class AddressText
{
    public static string Checked(Address address)
    {
        var digits = address.ToString()[2..];
        var hash = Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(digits)).ToString();
        return "0x" + string.Concat(
            digits.Select((digit, index) => hash[index] >= '8' ? char.ToUpperInvariant(digit) : digit));
    }

    /// <summary>Without capitals nothing is checked; with any it must be the checked form. Null where it is neither.
    /// </summary>
    public static Address? TryParse(string text)
    {
        if (!Form().IsMatch(text)) return null;
        var address = Address.Read(Convert.FromHexString(text.AsSpan(2)));
        return !text.Any(char.IsAsciiLetterUpper) || text == Checked(address) ? address : null;
    }

    /// <param name="text">What somebody typed.</param>
    /// <param name="what">What it is to be, for the message: <c>the receiver</c>.</param>
    /// <exception cref="ChainException">No address, or one with a slip.</exception>
    public static Address Parse(string text, string what)
    {
        if (TryParse(text) is { } address) return address;
        throw Form().IsMatch(text)
            ? new ChainException("address.checksum",
                $"The capitals of {what} {text} do not fit its digits, so one of them is wrong.",
                "Copy it again from where it is from, and do not correct the capitals by hand.")
            : new ChainException("address.form",
                $"'{(text.Length > 60 ? text[..60] + "…" : text)}', given as {what}, is no address.",
                "An address is 0x and 40 hexadecimal digits.");
    }

    [GeneratedRegex(@"\A0x[0-9a-fA-F]{40}\z")]
    private static partial Regex Form();
}
