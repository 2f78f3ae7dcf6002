using System.Security.Cryptography;
using Stun.Tee.Checks;
using Stun.Tee.Reading;

namespace Stun.Tee.Arm;

/// <summary>Judges tokens of ARM platforms: PSA's, and those of realms.</summary>
internal sealed class ArmVerifier(TrustRoots roots)
{
    private static readonly string[] PsaProfiles =
        ["tag:psacertified.org,2023:psa#tfm", "http://arm.com/psa/2.0.0", "PSA_IOT_PROFILE_1"];

    private static readonly string[] CcaProfiles =
        ["http://arm.com/CCA-SSD/1.0.0", "tag:arm.com,2023:cca_platform#1.0.0"];

    private const string RealmProfile = "tag:arm.com,2023:realm#1.0.0";

    private static readonly string[] Required =
    [
        CheckBook.Kind, CheckBook.Format, CheckBook.ArmKey, CheckBook.Signature, CheckBook.ArmProfile,
        CheckBook.ArmLifecycle, CheckBook.Debug, CheckBook.ArmPlatform, CheckBook.TcbMinimum, CheckBook.Measurement,
        CheckBook.Binding,
    ];

    private static readonly string[] RequiredOfRealms =
        [.. Required, CheckBook.ArmRealmSignature, CheckBook.ArmRealmBinding];

    public TeeVerdict VerifyPsa(PlatformToken token, Question question)
    {
        var checks = new CheckList(EvidenceKind.Psa, question.At);
        question.CheckKind(checks, EvidenceKind.Psa);
        CheckPlatform(checks, token, PsaProfiles.Contains(token.Profile));
        checks.Fact("report_data", token.Nonce);
        CheckReferences(checks, token, question);
        question.Expected.Check(checks, token.Nonce);
        return checks.Close(Required);
    }

    public TeeVerdict VerifyCca(CcaToken token, Question question)
    {
        var checks = new CheckList(EvidenceKind.Cca, question.At);
        question.CheckKind(checks, EvidenceKind.Cca);
        CheckPlatform(checks, token.Platform,
            CcaProfiles.Contains(token.Platform.Profile) && token.Profile is null or RealmProfile);
        checks.Require(CheckBook.ArmRealmSignature, token.Realm.IsSignedBy(token.RealmPublicKey),
            "The realm's key has signed the realm's token.", "The realm's token is not signed by the realm's key.");
        checks.Require(CheckBook.ArmRealmBinding, token.Platform.Nonce.AsSpan().SequenceEqual(DigestOf(token)),
            "The platform's token names the realm's key.", "The platform's token names another realm's key.");
        checks.Fact("realm_initial", token.Initial);
        for (var at = 0; at < token.Extensible.Count; at++)
            checks.Fact($"realm_extensible{at}", token.Extensible[at]);
        checks.Fact("realm_personalization", token.Personalization);
        checks.Fact("report_data", token.Challenge);
        CheckReferences(checks, token.Platform, question);
        question.Expected.Check(checks, token.Challenge);
        return checks.Close(RequiredOfRealms);
    }

    private static byte[] DigestOf(CcaToken token) => token.RealmKeyHash switch
    {
        "sha-256" => SHA256.HashData(token.RealmKeyBytes),
        "sha-384" => SHA384.HashData(token.RealmKeyBytes),
        "sha-512" => SHA512.HashData(token.RealmKeyBytes),
        _ => [],
    };

    private void CheckPlatform(CheckList checks, PlatformToken token, bool isProfileKnown)
    {
        checks.Pass(CheckBook.Format, $"A token of the profile {token.Profile}.");
        checks.Require(CheckBook.ArmProfile, isProfileKnown, "The profile is known.",
            $"The profile '{token.Profile}' is not known.");
        var key = roots.ArmKeys.Find(token.InstanceId, token.ImplementationId);
        if (checks.Require(CheckBook.ArmKey, key is not null, "The platform's key is in the registry.",
            $"The platform {Bits.Hex(token.InstanceId)} is not in the registry."))
            checks.Require(CheckBook.Signature, token.Signed.IsSignedBy(key!),
                "The platform's key has signed the token.", "The token is not signed by the platform's key.");
        checks.Require(CheckBook.ArmLifecycle, token.IsSecured, "The platform is in its secured state.",
            $"The platform's lifecycle is 0x{token.Lifecycle:x}: not secured, or open to debugging.");
        // States of debugging are lifecycles of their own: what is secured is closed.
        checks.Require(CheckBook.Debug, token.IsSecured, "Its host cannot look into it.",
            "Its host may look into it: the platform's lifecycle does not rule that out.");
        checks.Fact("instance_id", token.InstanceId);
        checks.Fact("implementation_id", token.ImplementationId);
        checks.Fact("lifecycle", token.Lifecycle.ToString());
        if (token.Configuration is { } configuration) checks.Fact("platform_configuration", configuration);
        if (token.Caller is { } caller) checks.Fact("caller", caller.ToString());
        foreach (var component in token.Components)
        {
            checks.Fact($"component.{component.Name}", component.Measurement);
            checks.Fact($"component.{component.Name}.signer", component.Signer);
            if (component.Version.Length > 0) checks.Fact($"component.{component.Name}.version", component.Version);
        }
    }

    /// <summary>A rule must fit, and must name every piece of firmware that there is.</summary>
    private static void CheckReferences(CheckList checks, PlatformToken token, Question question)
    {
        question.CheckMinimum(checks);
        question.CheckMeasurement(checks);
        var rules = question.Policy.Measurements;
        if (rules.Count == 0)
        {
            checks.NotAsked(CheckBook.ArmPlatform, "The policy has no list of firmware.");
            return;
        }
        var unnamed = token.Components.Select(each => each.Name).Where(name => !rules.Any(rule =>
            rule.Difference(checks.Facts) is null && rule.Wanted.ContainsKey($"component.{name}"))).ToList();
        checks.Require(CheckBook.ArmPlatform, unnamed.Count == 0 && token.Components.Count > 0,
            "All firmware of the platform is on the list.",
            $"Firmware of the platform that the list does not name: {string.Join(", ", unnamed)}.");
    }
}
