using Stun.Tee.Checks;

namespace Stun.Tee.Release;

/// <summary>
/// A key that something may be sealed to, and what it means to. There are two ways to one: a verdict that has accepted
/// evidence which names the key, or the plain word that no hardware is asked for.
/// </summary>
public sealed class Recipient
{
    private Recipient(ReadOnlyMemory<byte> publicKey, Protection protection)
    {
        PublicKey = publicKey.ToArray();
        Protection = protection;
        Hpke.KeyOf(PublicKey.Span).Dispose();
    }

    public ReadOnlyMemory<byte> PublicKey { get; }

    public Protection Protection { get; }

    /// <summary>
    /// The key of evidence that was accepted for this very challenge, with what runs in it on a list. Evidence that is
    /// merely genuine is not enough: a genuine enclave may run anything.
    /// </summary>
    public static Recipient Of(TeeVerdict verdict, Challenge challenge)
    {
        if (!verdict.IsAccepted)
            throw new KeyReleaseException("release.refused", "The evidence was refused: "
                + string.Join("; ", verdict.Refusals.Select(check => $"{check.Text} [{check.Code}]")));
        if (!Passed(verdict, CheckBook.Measurement))
            throw new KeyReleaseException("release.measurement",
                "The policy has no list of programs, so nobody knows what would get the secret.");
        if (!Passed(verdict, CheckBook.Binding))
            throw new KeyReleaseException("release.binding", "The evidence was not asked to name a key.");
        if (verdict.Kind is EvidenceKind.NvidiaGpu or EvidenceKind.Psa)
            throw new KeyReleaseException("release.kind",
                "Evidence of this kind names what its asker gave it: it does not say where the key lies.");
        if (!verdict.IsPretended && !Passed(verdict, CheckBook.Debug))
            throw new KeyReleaseException("release.debug", "The host can look into it: debugging was not ruled out.");
        if (!verdict.IsPretended && !verdict.MayReleaseWithoutLevel && WhyUnknown(verdict) is { } unknown)
            throw new KeyReleaseException("release.level",
                $"Nobody knows what the platform is worth: {unknown} A policy that takes that says "
                    + "'release_secrets_to_platforms_of_unknown_level'.");
        // Azure's answer stands in the TPM's statement, where others have their report data.
        var fact = verdict.Kind == EvidenceKind.AzureVtpm ? "extra_data" : "report_data";
        if (!verdict.Facts.TryGetValue(fact, out var data)
            || !data.StartsWith(Convert.ToHexStringLower(challenge.ReportData()), StringComparison.Ordinal))
            throw new KeyReleaseException("release.binding", "The evidence answers another challenge.");
        return new Recipient(
            challenge.PublicKey, verdict.IsPretended ? Protection.Pretended : Protection.Hardware);
    }

    /// <summary>
    /// Of Intel's platforms levels must have been asked for; of AMD's, which have none, a least version of every part;
    /// of both, revoked certificates. ARM's have their firmware on the list.
    /// </summary>
    private static string? WhyUnknown(TeeVerdict verdict)
    {
        string[] needed = verdict.Kind switch
        {
            EvidenceKind.Cca => [CheckBook.ArmPlatform],
            _ when verdict.Facts.ContainsKey("fmspc") =>
                [CheckBook.CollateralGiven, CheckBook.TcbStatus, CheckBook.ChainRevocation],
            _ => [CheckBook.ChainRevocation, CheckBook.TcbMinimum],
        };
        foreach (var code in needed)
        {
            var made = verdict.Checks.Where(check => check.Code == code).ToList();
            if (made.Count == 0) return $"nothing was asked of it. [{code}]";
            if (made.Find(check => check.Outcome != CheckOutcome.Passed) is { } open) return $"{open.Text} [{code}]";
        }
        return needed.Contains(CheckBook.TcbMinimum) ? WhyPartly(verdict) : null;
    }

    /// <summary>A part without a least version may be as old as there is one with known holes.</summary>
    private static string? WhyPartly(TeeVerdict verdict)
    {
        var open = SecurityVersions.Of(EvidenceKind.Snp)
            .Where(name => name != SecurityVersions.Fmc || verdict.Facts.ContainsKey(name))
            .Except(verdict.MinimumNamed).ToList();
        return open.Count == 0 ? null
            : $"'tcb_minimum' of the policy names no least {string.Join(", ", open)}. [{CheckBook.TcbMinimum}]";
    }

    /// <summary>Plain end-to-end encryption: whoever has the key reads, and nothing is known of him.</summary>
    public static Recipient WithoutHardware(ReadOnlyMemory<byte> publicKey) => new(publicKey, Protection.EndToEndOnly);

    private static bool Passed(TeeVerdict verdict, string code) =>
        verdict.Checks.Any(check => check.Code == code && check.Outcome == CheckOutcome.Passed);
}
