namespace Stun.Tee.Fetching;

/// <summary>
/// Where collateral comes from. A source is trusted with nothing: what it brings is signed, and is checked with the
/// evidence. One that has nothing throws, so that nobody takes silence for an answer.
/// </summary>
public interface ICollateralSource
{
    /// <exception cref="EvidenceException">It is not there, or is not what it must be.</exception>
    Task<Collateral> FetchAsync(CollateralKey key, CancellationToken cancel);
}
