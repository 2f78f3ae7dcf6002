using System.Runtime.InteropServices;
using Stun.Tee.Amd;

namespace Stun.Tee.Sources;

/// <summary>AMD's guest device (include/uapi/linux/sev-guest.h), for kernels without configfs-tsm.</summary>
/// <remarks>Written after the kernel's interface; no machine with the device was at hand to run it.</remarks>
public sealed class SevGuestDevice(string path = SevGuestDevice.KernelPath) : IEvidenceSource
{
    public const string KernelPath = "/dev/sev-guest";

    private const int ResponseSize = 4000;
    private const int ReportAt = 32;
    private const int CertificatesSize = 16 * 1024;
    private const byte MessageVersion = 1;

    [StructLayout(LayoutKind.Sequential)]
    private struct Request
    {
        public byte Version;
        public ulong Question;
        public ulong Answer;
        public ulong Error;
    }

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct ReportQuestion
    {
        public fixed byte Data[64];
        public uint Level;
        public fixed byte Reserved[28];
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ExtendedQuestion
    {
        public ReportQuestion Question;
        public ulong Certificates;
        public uint CertificatesLength;
    }

    public bool IsThere => File.Exists(path);

    internal static unsafe uint ExtendedReport => GuestDevice.Number('S', 2, sizeof(Request));

    internal static unsafe int ExtendedQuestionSize => sizeof(ExtendedQuestion);

    public async Task<EvidenceBundle> AttestAsync(
        Challenge challenge, DateTimeOffset now, CancellationToken cancel)
    {
        for (var attempt = 0; attempt < Patience.AttemptsMax; attempt++)
        {
            if (Ask(challenge) is { } bundle) return bundle;
            await Patience.WaitAsync(attempt, cancel).ConfigureAwait(false);
        }
        throw GuestDevice.Busy(path);
    }

    private unsafe EvidenceBundle? Ask(Challenge challenge)
    {
        var answer = new byte[ResponseSize];
        // The kernel wants whole pages for the certificates.
        var certificates = NativeMemory.AlignedAlloc(CertificatesSize, 4096);
        try
        {
            new Span<byte>(certificates, CertificatesSize).Clear();
            var question = new ExtendedQuestion
            {
                Certificates = (ulong)certificates,
                CertificatesLength = CertificatesSize,
            };
            challenge.ReportData().CopyTo(new Span<byte>(question.Question.Data, 64));
            fixed (byte* response = answer)
            {
                var request = new Request
                {
                    Version = MessageVersion,
                    Question = (ulong)&question,
                    Answer = (ulong)response,
                };
                if (!GuestDevice.TryAsk(path, ExtendedReport, &request)) return null;
            }
            var table = new Span<byte>(certificates, CertificatesSize).ToArray();
            var report = ReportOf(answer, challenge);
            var isCloudKey = SnpReport.Parse(report).SigningKey == SnpReport.CloudKey;
            return new EvidenceBundle
            {
                Kind = EvidenceKind.Snp,
                Evidence = report,
                Certificates = SnpCertificateTable.SigningKey(table, isCloudKey) is { } key ? [key.Raw] : [],
                PublicKey = challenge.PublicKey,
            };
        }
        finally
        {
            NativeMemory.AlignedFree(certificates);
        }
    }

    /// <summary>Status, size, reserved words, report. It must be the answer to what was asked.</summary>
    internal static ReadOnlyMemory<byte> ReportOf(byte[] answer, Challenge challenge)
    {
        var status = BitConverter.ToUInt32(answer);
        var size = BitConverter.ToUInt32(answer, 4);
        if (status != 0 || size != SnpReport.Size)
            throw new EvidenceException(
                "source.device", $"The secure processor answered {status} and {size} bytes.");
        var report = answer.AsMemory(ReportAt, SnpReport.Size);
        return SnpReport.Parse(report).ReportData.Span.SequenceEqual(challenge.ReportData()) ? report
            : throw new EvidenceException("source.device", "The secure processor answered another question.");
    }
}
