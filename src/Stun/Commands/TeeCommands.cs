using System.CommandLine;
using System.Globalization;
using Stun.Execution.Containers;
using Stun.Tee;
using Stun.Tee.Arm;
using Stun.Tee.Checks;
using Stun.Tee.Fetching;

namespace Stun.Commands;

/// <summary>stun tee: looks at evidence of trusted hardware, and judges it.</summary>
internal static class TeeCommands
{
    private static readonly Argument<string> Evidence = new("file")
    {
        Description = "A quote, report or token as a tool wrote it, in bytes or hexadecimal; or a bundle of ours.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> At = new("--at")
    {
        Description = "The time to judge it for, as 2026-06-15T12:00:00Z; else now.",
        HelpName = "TIME",
    };

    internal static readonly Option<string?> CollateralPath = new("--collateral")
    {
        Description = "A folder with what must be known beside it: levels, identities, lists, keys. Any names will do.",
        HelpName = "DIR",
    };

    private static readonly Option<string[]> Certificates = new("--certificate")
    {
        Description = "The chain of the key that has signed it, where it does not bring it along.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> NonceText = new("--nonce")
    {
        Description = "What it must answer: with the key, or alone where it names none.",
        HelpName = "HEX",
    };

    private static readonly Option<string?> KeyText = new("--for-key")
    {
        Description = "The public key that it must name; else that of the bundle.",
        HelpName = "HEX",
    };

    private static readonly Option<string?> PolicyPath = new("--policy")
    {
        Description = "What is asked of it beyond being genuine.",
        HelpName = "FILE",
    };

    internal static readonly Option<string?> SoftwareRoot = new("--software-root")
    {
        Description = "The root of a software TEE, for a policy for development.",
        HelpName = "FILE",
    };

    public static Command Make() => Shared.Group("tee", "Evidence of trusted hardware: look at it, judge it.",
        Shared.Local("inspect", "What evidence says of itself; nothing of it is checked.",
            [Evidence, CollateralPath, Shared.Json], InspectAsync, "stun tee inspect quote.bin",
            "stun tee inspect quote.bin --collateral intel/"),
        Shared.Local("verify", "Judges evidence: every check, and what came of it.",
            [Evidence, At, CollateralPath, Certificates, NonceText, KeyText, PolicyPath, SoftwareRoot, Shared.Json],
            VerifyAsync, "stun tee verify quote.bin --at 2026-06-15T12:00:00Z --collateral intel/ --policy policy.json",
            "stun tee verify report.bin --certificate vcek.der --nonce 00112233445566778899aabbccddeeff"));

    private static Task<int> InspectAsync(ParseResult parsed, CancellationToken cancel)
    {
        var bundle = ReadEvidence(parsed);
        var folder = parsed.GetValue(CollateralPath) is { } place ? ReadFolder(place) : null;
        var collateral = CollateralOf(bundle, folder);
        var verdict = Guarded(() => new EvidenceVerifier(TrustRoots.Pinned).Verify(bundle, collateral,
            new Question(TeePolicy.Default, DateTimeOffset.UtcNow, new ExpectedData.Anything())));
        if (verdict.Refusals.FirstOrDefault(check => check.Code == CheckBook.Format) is { } broken)
            throw new CommandException("tee.format", $"{parsed.GetValue(Evidence)}: {broken.Text}",
                "Look whether the file is whole, and is what you take it for.");
        if (Shared.IsJson(parsed))
        {
            Screen.Write(new
            {
                Kind = NameOf(bundle.Kind),
                Verified = false,
                Levels = Parts(verdict),
                Says = verdict.Facts,
            });
            return Task.FromResult(Exits.Ok);
        }
        Screen.Line($"{NameOf(bundle.Kind)}, as it says of itself. NOTHING OF THIS IS CHECKED.");
        Screen.Line("");
        TellLevels(verdict);
        Screen.Table(["what", "value"], Shown(verdict));
        return Task.FromResult(Exits.Ok);
    }

    private static Task<int> VerifyAsync(ParseResult parsed, CancellationToken cancel)
    {
        var bundle = ReadEvidence(parsed);
        var policy = parsed.GetValue(PolicyPath) is { } path
            ? Guarded(() => PolicyFile.Read(ReadFile(path))) : TeePolicy.Default;
        var folder = parsed.GetValue(CollateralPath) is { } place ? ReadFolder(place) : null;
        var collateral = CollateralOf(bundle, folder);
        var roots = TrustRoots.Pinned.With(folder?.ArmKeys ?? ArmKeyRegistry.Empty);
        if (parsed.GetValue(SoftwareRoot) is { } root) roots = Guarded(() => roots.WithSoftware(ReadFile(root)));
        var question = new Question(policy, TimeOf(parsed.GetValue(At)), ExpectedOf(parsed, bundle));
        var verdict = new EvidenceVerifier(roots).Verify(bundle, collateral, question);
        if (Shared.IsJson(parsed)) Screen.Write(Document(verdict));
        else Tell(verdict);
        return Task.FromResult(verdict.IsAccepted ? Exits.Ok : Exits.TaskFailed);
    }

    internal static Collateral CollateralOf(EvidenceBundle bundle, CollateralFolder? folder)
    {
        if (folder is null) return Collateral.None;
        try
        {
            return folder.For(bundle);
        }
        catch (EvidenceException)
        {
            // Broken evidence has no collateral; the verdict says what is broken.
            return folder.All;
        }
    }

    private static ExpectedData ExpectedOf(ParseResult parsed, EvidenceBundle bundle)
    {
        if (parsed.GetValue(NonceText) is not { } text)
        {
            if (parsed.GetValue(KeyText) is not null)
                throw Misused("--for-key without --nonce: without a nonce it may be an old answer.");
            return new ExpectedData.Anything();
        }
        var nonce = Hex("--nonce", text);
        var key = parsed.GetValue(KeyText) is { } hex ? Hex("--for-key", hex) : bundle.PublicKey.ToArray();
        if (key.Length == 0) return new ExpectedData.Exactly(nonce);
        if (nonce.Length is < Challenge.NonceSizeMin or > Challenge.NonceSizeMax)
            throw Misused($"--nonce needs {Challenge.NonceSizeMin} bytes or more.");
        return new ExpectedData.AnswerTo(new Challenge(nonce, key));
    }

    private static object Document(TeeVerdict verdict) => new
    {
        Kind = NameOf(verdict.Kind),
        Accepted = verdict.IsAccepted,
        verdict.At,
        Pretended = verdict.IsPretended,
        Status = verdict.Status?.ToString(),
        Levels = Parts(verdict),
        verdict.Advisories,
        verdict.ExpiresAt,
        Checks = verdict.Checks.Select(check => new { check.Code, Outcome = WordOf(check.Outcome), check.Text }),
        Certificates = verdict.Certificates.Select(each => new
        {
            each.Chain,
            each.Position,
            each.Serial,
            Outcome = WordOf(each.Outcome),
            each.Text,
        }),
        Says = verdict.Facts,
    };

    private static IEnumerable<object> Parts(TeeVerdict verdict) => verdict.Levels.Select(each => new
    {
        each.Part,
        Status = each.Status.ToString(),
        Date = each.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        each.Advisories,
    });

    /// <summary>Each part of a platform by itself: what they come to hides which one it is.</summary>
    private static void TellLevels(TeeVerdict verdict)
    {
        if (verdict.Levels.Count == 0) return;
        Screen.Table(["level of", "status", "of", "open advisories"], verdict.Levels.Select(each => new[]
        {
            each.Part, each.Status.ToString(), each.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            TerminalText.Of(string.Join(", ", each.Advisories)),
        }));
        Screen.Line("");
    }

    private static void TellCertificates(TeeVerdict verdict)
    {
        if (verdict.Certificates.Count == 0) return;
        Screen.Table(["", "certificate", "serial", "revoked"], verdict.Certificates.Select(each => new[]
        {
            WordOf(each.Outcome), $"{each.Chain}, {each.Position}", each.Serial, TerminalText.Of(each.Text),
        }));
        Screen.Line("");
    }

    private static void Tell(TeeVerdict verdict)
    {
        var word = verdict.IsAccepted ? "ACCEPTED" : "REFUSED";
        Screen.Line($"{word}: {NameOf(verdict.Kind)}, for {verdict.At:u}");
        if (verdict.IsPretended) Screen.Line("A SOFTWARE TEE: NO HARDWARE PROTECTS ANYTHING.");
        if (verdict.Status is { } status) Screen.Line($"Level: {status}");
        if (verdict.ExpiresAt is { } end) Screen.Line($"What it rests on ends at {end:u}");
        Screen.Line("");
        Screen.Table(["", "check", "found"],
            verdict.Checks.Select(check => new[] { WordOf(check.Outcome), check.Code, TerminalText.Of(check.Text) }));
        Screen.Line("");
        TellLevels(verdict);
        TellCertificates(verdict);
        Screen.Table(["what it says", "value"], Shown(verdict));
        if (!verdict.IsAccepted) return;
        Screen.Line("");
        Screen.Line("Evidence, and no proof: whoever owns the machine may open it. See docs/operating/tee.md.");
    }

    /// <summary>What evidence says is a stranger's text: it moves no cursor and clears no screen.</summary>
    private static IEnumerable<string[]> Shown(TeeVerdict verdict) =>
        verdict.Facts.Select(fact => new[] { fact.Key, TerminalText.OfName(fact.Value) });

    private static string WordOf(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Passed => "passed",
        CheckOutcome.NotAsked => "not asked",
        _ => "FAILED",
    };

    private static string NameOf(EvidenceKind kind) => kind switch
    {
        EvidenceKind.Sgx => "sgx",
        EvidenceKind.Tdx => "tdx",
        EvidenceKind.Snp => "snp",
        EvidenceKind.Cca => "cca",
        EvidenceKind.Psa => "psa",
        EvidenceKind.NvidiaGpu => "nvidia-gpu",
        EvidenceKind.AzureVtpm => "azure-vtpm",
        _ => "software",
    };

    private static EvidenceBundle ReadEvidence(ParseResult parsed)
    {
        var bundle = Guarded(() => EvidenceFile.Read(ReadFile(parsed.GetValue(Evidence)!)));
        var files = parsed.GetValue(Certificates) ?? [];
        return files.Length == 0 ? bundle
            : bundle with
            {
                Certificates = [.. files.SelectMany(file => Guarded(() => CertificateFile.Read(ReadFile(file))))],
            };
    }

    internal static CollateralFolder ReadFolder(string path) => Directory.Exists(path)
        ? Guarded(() => CollateralFolder.Read(path))
        : throw new CommandException("tee.collateral", $"The folder {path} does not exist.",
            "Name a folder with --collateral.");

    /// <summary>No more than the largest thing that may be one of these.</summary>
    internal static byte[] ReadFile(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length > TeeLimits.CollateralBytesMax)
            throw new CommandException("tee.size", $"{path} has {file.Length} bytes: too many to be evidence.",
                $"The largest file that is read has {TeeLimits.CollateralBytesMax} bytes.");
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    internal static T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (EvidenceException failure)
        {
            throw new CommandException("tee.unreadable", $"{failure.Message} [{failure.Code}]",
                "Look at the file; docs/operating/tee.md says what is read.");
        }
    }

    private static DateTimeOffset TimeOf(string? text)
    {
        if (text is null) return DateTimeOffset.UtcNow;
        return DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time)
            ? time : throw Misused($"--at is no time: '{text}'. Write it like 2026-06-15T12:00:00Z.");
    }

    private static byte[] Hex(string option, string text)
    {
        var digits = text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text;
        return digits.Length > 0 && digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(digits) : throw Misused($"{option} is not hexadecimal: '{text}'.");
    }

    private static CommandException Misused(string what) =>
        CommandException.Usage(what, "Look at 'stun tee verify --help'.");
}
