using Stun.Tee.Amd;
using Stun.Tee.Arm;
using Stun.Tee.Intel;

namespace Stun.Tee.Sources;

/// <summary>
/// Linux's own way to evidence, whatever the hardware (configfs-tsm, from kernel 6.7 on): a directory is made, the
/// report data are written into it, and quote or report are read out of it.
/// </summary>
public sealed class ConfigfsTsm(string root = ConfigfsTsm.KernelRoot) : IEvidenceSource
{
    public const string KernelRoot = "/sys/kernel/config/tsm/report";

    /// <summary>Where the kernel has no part: a test does here what the kernel does by itself.</summary>
    internal Action<string>? AfterMaking { get; init; }

    internal Action<string>? AfterAsking { get; init; }

    public bool IsThere => Directory.Exists(root);

    public async Task<EvidenceBundle> AttestAsync(Challenge challenge, DateTimeOffset now, CancellationToken cancel)
    {
        for (var attempt = 0; attempt < Patience.AttemptsMax; attempt++)
        {
            if (await AskAsync(challenge, cancel).ConfigureAwait(false) is { } bundle) return bundle;
            await Patience.WaitAsync(attempt, cancel).ConfigureAwait(false);
        }
        throw GuestDevice.Busy(root);
    }

    /// <returns>Null where the kernel is busy, or somebody else has asked in between: ask again.</returns>
    private async Task<EvidenceBundle?> AskAsync(Challenge challenge, CancellationToken cancel)
    {
        // Nobody else's directory: whoever writes into one at the same time would exchange our question.
        var entry = Path.Combine(root, $"stun-{Guid.NewGuid():n}");
        try
        {
            Directory.CreateDirectory(entry);
            AfterMaking?.Invoke(entry);
            await WriteAsync(Path.Combine(entry, "inblob"), challenge.ReportData(), cancel).ConfigureAwait(false);
            AfterAsking?.Invoke(entry);
            var before = await TextAsync(entry, "generation", cancel).ConfigureAwait(false);
            var provider = await TextAsync(entry, "provider", cancel).ConfigureAwait(false);
            var report = await ReadAsync(Path.Combine(entry, "outblob"), cancel).ConfigureAwait(false);
            var beside = provider == "sev_guest"
                ? await ReadAsync(Path.Combine(entry, "auxblob"), cancel).ConfigureAwait(false) : [];
            if (before != await TextAsync(entry, "generation", cancel).ConfigureAwait(false)) return null;
            return Bundle(provider, report, beside, challenge);
        }
        catch (IOException failure) when (Patience.IsPassing(failure))
        {
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new EvidenceException("source.unreadable", $"The kernel gave no evidence: {failure.Message} "
                + $"Look whether {root} is there and whether this process may write to it.");
        }
        finally
        {
            Remove(entry);
        }
    }

    private static EvidenceBundle Bundle(string provider, byte[] report, byte[] beside, Challenge challenge)
    {
        var kind = provider switch
        {
            "tdx_guest" => EvidenceKind.Tdx,
            "sev_guest" => EvidenceKind.Snp,
            "arm_cca_guest" => EvidenceKind.Cca,
            _ => throw new EvidenceException("source.unknown", $"The kernel's provider '{provider}' is not known."),
        };
        if (report.Length == 0) throw new EvidenceException("source.empty", "The kernel gave no evidence.");
        // The kernel may pad a report.
        var evidence = kind == EvidenceKind.Snp && report.Length > SnpReport.Size ? report[..SnpReport.Size] : report;
        if (!DataOf(kind, evidence).Span.SequenceEqual(challenge.ReportData()))
            throw new EvidenceException("source.other", "The kernel gave the answer to another question.");
        var isCloudKey = kind == EvidenceKind.Snp && SnpReport.Parse(evidence).SigningKey == SnpReport.CloudKey;
        return new EvidenceBundle
        {
            Kind = kind,
            Evidence = evidence,
            Certificates = SnpCertificateTable.SigningKey(beside, isCloudKey) is { } key ? [key.Raw] : [],
            PublicKey = challenge.PublicKey,
        };
    }

    /// <summary>Read here, where it can still be asked again: what is cut or another's is not sent on.</summary>
    private static ReadOnlyMemory<byte> DataOf(EvidenceKind kind, byte[] evidence) => kind switch
    {
        EvidenceKind.Tdx => IntelQuote.Parse(evidence).Td?.ReportData
            ?? throw new EvidenceException("source.other", "The kernel gave a quote that is not of TDX."),
        EvidenceKind.Snp => SnpReport.Parse(evidence).ReportData,
        _ => CcaToken.Parse(evidence).Challenge,
    };

    /// <summary>In one piece: each write is a whole question.</summary>
    private static async Task WriteAsync(string path, byte[] bytes, CancellationToken cancel)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        await using (file.ConfigureAwait(false))
            await file.WriteAsync(bytes, cancel).ConfigureAwait(false);
    }

    /// <summary>Such files do not know their length.</summary>
    private static async Task<byte[]> ReadAsync(string path, CancellationToken cancel)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        await using (file.ConfigureAwait(false))
        {
            var bytes = new byte[TeeLimits.EvidenceBytesMax];
            var length = 0;
            while (length < bytes.Length)
            {
                var read = await file.ReadAsync(bytes.AsMemory(length), cancel).ConfigureAwait(false);
                if (read == 0) return bytes[..length];
                length += read;
            }
        }
        throw new EvidenceException("source.size", $"The kernel gave more than {TeeLimits.EvidenceBytesMax} bytes.");
    }

    private static async Task<string> TextAsync(string entry, string name, CancellationToken cancel) =>
        System.Text.Encoding.ASCII.GetString(
            await ReadAsync(Path.Combine(entry, name), cancel).ConfigureAwait(false)).Trim();

    private static void Remove(string entry)
    {
        try
        {
            // The kernel's directories are removed as they are; a plain one has its files in it.
            var isKernels = entry.StartsWith("/sys/", StringComparison.Ordinal);
            if (Directory.Exists(entry)) Directory.Delete(entry, recursive: !isKernels);
        }
        catch (IOException)
        {
            // It stays until the machine restarts, and nobody asks in it again: its name was ours alone.
        }
    }
}
