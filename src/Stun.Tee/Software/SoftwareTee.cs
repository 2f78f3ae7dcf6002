using System.Security.Cryptography;
using Stun.Tee.Sources;

namespace Stun.Tee.Software;

/// <summary>
/// Attests as hardware would, and protects nothing: the whole path of a secret task can be run with it.
/// </summary>
public sealed class SoftwareTee : IEvidenceSource, IDisposable
{
    private readonly ECDsa key;
    private readonly byte[] certificate;
    private readonly ReadOnlyMemory<byte> measurement;

    internal SoftwareTee(ECDsa key, byte[] certificate, ReadOnlyMemory<byte> measurement)
    {
        if (measurement.Length != 32)
            throw new ArgumentException("A measurement has 32 bytes.", nameof(measurement));
        this.key = key;
        this.certificate = certificate;
        this.measurement = measurement;
    }

    /// <summary>Says of itself that its host may look in, as hardware can.</summary>
    public bool IsDebug { get; init; }

    public uint Svn { get; init; } = 1;

    public EvidenceBundle Attest(Challenge challenge, DateTimeOffset now)
    {
        var statement = new SoftwareStatement
        {
            ReportData = challenge.ReportData(),
            Measurement = measurement,
            IsDebug = IsDebug,
            Svn = Svn,
            IssuedAt = now,
        };
        var body = statement.EncodeBody();
        return new EvidenceBundle
        {
            Kind = EvidenceKind.Software,
            Evidence = SoftwareStatement.Encode(body, key.SignData(body, HashAlgorithmName.SHA256)),
            Certificates = [certificate],
            PublicKey = challenge.PublicKey,
        };
    }

    Task<EvidenceBundle> IEvidenceSource.AttestAsync(
        Challenge challenge, DateTimeOffset now, CancellationToken cancel) => Task.FromResult(Attest(challenge, now));

    public void Dispose() => key.Dispose();
}
