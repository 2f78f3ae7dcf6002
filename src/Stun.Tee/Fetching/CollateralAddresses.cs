namespace Stun.Tee.Fetching;

/// <summary>
/// Whom to ask. There are no defaults: who runs a verifier says which service, or which cache of one.
/// </summary>
/// <param name="Intel">In front of <c>/sgx/certification/v4</c> and <c>/tdx/certification/v4</c>.</param>
/// <param name="IntelRootList">Intel's root's list of revoked certificates, whole address.</param>
/// <param name="Amd">In front of <c>/vcek/v1</c> and <c>/vlek/v1</c>.</param>
public sealed record CollateralAddresses(Uri? Intel, Uri? IntelRootList, Uri? Amd);
