using Stun.Tee;
using Stun.Tee.Sources;

namespace Stun.Integration.Secrets;

/// <summary>Brings honest evidence for offers, and then something else.</summary>
/// <param name="honestCount">How often it is honest first.</param>
internal sealed class LyingSource(
    IEvidenceSource honest, int honestCount, Func<Challenge, DateTimeOffset, Task<EvidenceBundle>> lie)
    : IEvidenceSource
{
    private int asked;

    public Task<EvidenceBundle> AttestAsync(Challenge challenge, DateTimeOffset now, CancellationToken cancel) =>
        Interlocked.Increment(ref asked) <= honestCount ? honest.AttestAsync(challenge, now, cancel)
            : lie(challenge, now);
}
