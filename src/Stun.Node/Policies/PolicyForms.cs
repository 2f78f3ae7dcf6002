using System.Text.RegularExpressions;
using Stun.Execution.Containers;
using Stun.Node.Settings;

namespace Stun.Node.Policies;

/// <summary>The forms of values that only policies have.</summary>
internal static partial class PolicyForms
{
    public static readonly SettingForm Window = new SettingForm<WeeklyWindow>(
        "window of hours", "days, hours and an offset such as 'mon-fri 18:00-08:00 +01:00'",
        WeeklyWindow.Parse, window => window.ToString());

    public static readonly SettingForm Image = new SettingForm<ImagePattern>(
        "pattern of images", "a source such as docker://HOST/NAME, with * and ** for parts of it",
        ImagePattern.Parse, pattern => pattern.Text);

    public static readonly SettingForm Destination = new SettingForm<EgressRule>(
        "destination", "HOST:PORT", ReadDestination, rule => $"{rule.Host}:{rule.Port}");

    public static readonly SettingForm Privacy = new NumberForm<Privacy>(
        "level of privacy", "none, tee, zk or fhe",
        text => text switch
        {
            "none" => Protocol.Privacy.None,
            "tee" => Protocol.Privacy.Tee,
            "zk" => Protocol.Privacy.Zk,
            "fhe" => Protocol.Privacy.Fhe,
            _ => null,
        },
        value => value.ToString().ToLowerInvariant());

    /// <summary>What a provider accepts.</summary>
    public static readonly SettingForm Floor = new SettingForm<VerificationFloor>(
        "kind of verification", "none, 'audit 5%', 'redundant 2', zk or tee",
        VerificationFloor.Parse, floor => floor.ToString());

    /// <summary>What a requester orders.</summary>
    public static readonly SettingForm Verification = new SettingForm<VerificationPolicy>(
        "verification", "none, 'audit 5%', 'redundant 2 of 3', 'zk sha256:CIRCUIT' or 'tee sha256:POLICY'",
        ReadVerification, Describe);

    public static string Describe(VerificationPolicy policy) => policy switch
    {
        VerificationPolicy.SampledAudit audit => $"audit {Forms.Share.Write(audit.RatePpmMin)}",
        VerificationPolicy.Redundant redundant => $"redundant {redundant.Agreeing} of {redundant.Attempts}",
        VerificationPolicy.ZkProof proof => $"zk {Forms.ContentDigest.Write(proof.Circuit)}",
        VerificationPolicy.TeeQuote quote => $"tee {Forms.ContentDigest.Write(quote.Policy)}",
        _ => "none",
    };

    private static VerificationPolicy? ReadVerification(string text)
    {
        if (text == "none") return new VerificationPolicy.None();
        var space = text.IndexOf(' ');
        if (space < 0) return null;
        var (word, rest) = (text[..space], text[(space + 1)..]);
        switch (word)
        {
            case "audit" when Forms.Share.Read(rest) is uint rate and > 0:
                return new VerificationPolicy.SampledAudit(rate);
            case "zk" when Forms.ContentDigest.Read(rest) is Digest circuit:
                return new VerificationPolicy.ZkProof(circuit);
            case "tee" when Forms.ContentDigest.Read(rest) is Digest policy:
                return new VerificationPolicy.TeeQuote(policy);
            case "redundant" when Counts().Match(rest) is { Success: true } match:
                var agreeing = byte.Parse(match.Groups["agreeing"].Value);
                var attempts = byte.Parse(match.Groups["attempts"].Value);
                return agreeing >= 2 && attempts >= agreeing
                    ? new VerificationPolicy.Redundant(agreeing, attempts) : null;
            default:
                return null;
        }
    }

    private static EgressRule? ReadDestination(string text)
    {
        if (HostPort().Match(text) is not { Success: true } match) return null;
        return ushort.TryParse(match.Groups["port"].Value, out var port) && port > 0
            ? new EgressRule(match.Groups["host"].Value.ToLowerInvariant(), port) : null;
    }

    [GeneratedRegex(@"\A(?<agreeing>[0-9]{1,2}) of (?<attempts>[0-9]{1,2})\z")]
    private static partial Regex Counts();

    [GeneratedRegex(@"\A(?<host>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?):(?<port>[0-9]{1,5})\z")]
    private static partial Regex HostPort();
}
