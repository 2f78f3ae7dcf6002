using System.Runtime.InteropServices;

namespace Stun.Tee.Sources;

/// <summary>
/// Intel's guest device (include/uapi/linux/tdx-guest.h). It gives what the TDX module says, under a key that only the
/// same machine knows: the quoting enclave of the host makes a quote from it, and configfs-tsm is the way to that.
/// </summary>
/// <remarks>Written after the kernel's interface; no machine with the device was at hand to run it.</remarks>
public sealed class TdxGuestDevice(string path = TdxGuestDevice.KernelPath)
{
    public const string KernelPath = "/dev/tdx_guest";
    public const int ReportSize = 1024;
    private const int ReportDataAt = 128;

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Request
    {
        public fixed byte Data[64];
        public fixed byte Report[ReportSize];
    }

    public bool IsThere => File.Exists(path);

    internal static unsafe uint GetReport => GuestDevice.Number('T', 1, sizeof(Request));

    /// <summary>The report from which a quote is made. Nobody but this machine can check it.</summary>
    /// <exception cref="EvidenceException">It refused, was busy too long, or answered something else.</exception>
    public async Task<byte[]> ReadReportAsync(Challenge challenge, CancellationToken cancel)
    {
        for (var attempt = 0; attempt < Patience.AttemptsMax; attempt++)
        {
            if (Read(challenge) is { } report) return report;
            await Patience.WaitAsync(attempt, cancel).ConfigureAwait(false);
        }
        throw GuestDevice.Busy(path);
    }

    private unsafe byte[]? Read(Challenge challenge)
    {
        var request = new Request();
        challenge.ReportData().CopyTo(new Span<byte>(request.Data, 64));
        return GuestDevice.TryAsk(path, GetReport, &request)
            ? Checked(new Span<byte>(request.Report, ReportSize), challenge) : null;
    }

    /// <summary>The report data stand at 128 in what the module says (TDREPORT's REPORTMACSTRUCT).</summary>
    internal static byte[] Checked(ReadOnlySpan<byte> report, Challenge challenge) =>
        report.Length == ReportSize && report.Slice(ReportDataAt, 64).SequenceEqual(challenge.ReportData())
            ? report.ToArray()
            : throw new EvidenceException("source.device", "The TDX module answered another question.");
}
