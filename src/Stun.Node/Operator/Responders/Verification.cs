using System.Globalization;
using Stun.Node.Gateway;

namespace Stun.Node.Operator.Responders;

/// <summary>How a payer says what an answer has to be worth: in one word, for contracts have no forms.</summary>
internal static class Verification
{
    public const string Forms = "none, audit, audit:PPM, redundant, or redundant:AGREEING/ATTEMPTS";

    /// <summary>Null where the text is none of the forms.</summary>
    public static VerificationForm? TryRead(string text)
    {
        var (kind, rest) = text.IndexOf(':') is >= 0 and var sign ? (text[..sign], text[(sign + 1)..]) : (text, null);
        switch (kind)
        {
            case "none" when rest is null: return new VerificationForm { Kind = "none" };
            case "audit" when rest is null: return new VerificationForm { Kind = "audit" };
            case "audit" when uint.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out var ppm):
                return new VerificationForm { Kind = "audit", RatePpm = ppm };
            case "redundant" when rest is null: return new VerificationForm { Kind = "redundant" };
            case "redundant" when rest!.Split('/') is [var agreeing, var attempts]
                && byte.TryParse(agreeing, NumberStyles.None, CultureInfo.InvariantCulture, out var same)
                && byte.TryParse(attempts, NumberStyles.None, CultureInfo.InvariantCulture, out var all):
                return new VerificationForm { Kind = "redundant", Agreeing = same, Attempts = all };
            default: return null;
        }
    }
}
