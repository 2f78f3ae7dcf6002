namespace Stun.Tee.Sources;

/// <summary>
/// Makes fresh evidence on the machine that it speaks of. What it returns answers the challenge in its report data, and
/// carries the challenge's public key beside it.
/// </summary>
public interface IEvidenceSource
{
    /// <exception cref="EvidenceException">The hardware refused, or answered what is no evidence.</exception>
    Task<EvidenceBundle> AttestAsync(Challenge challenge, DateTimeOffset now, CancellationToken cancel);
}
