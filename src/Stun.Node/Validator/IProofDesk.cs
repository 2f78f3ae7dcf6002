namespace Stun.Node.Validator;

/// <summary>Says of what receipts and offers bring along whether it holds. What cannot be checked does not.</summary>
public interface IProofDesk
{
    /// <summary>The zero-knowledge proof of a receipt.</summary>
    Task<bool> HoldsAsync(Ask.CheckProof asked, CancellationToken cancel);

    /// <summary>The evidence of hardware of a receipt: null where it holds, else why it does not.</summary>
    Task<string?> RefusalAsync(Ask.CheckQuote asked, CancellationToken cancel);

    /// <summary>The evidence of hardware of an offer.</summary>
    Task<bool> HoldsAsync(Offer offer, CancellationToken cancel);
}

/// <summary>Where nothing is built in that could check it.</summary>
public sealed class NoProofDesk : IProofDesk
{
    public Task<bool> HoldsAsync(Ask.CheckProof asked, CancellationToken cancel) => Task.FromResult(false);

    public Task<string?> RefusalAsync(Ask.CheckQuote asked, CancellationToken cancel) =>
        Task.FromResult<string?>("Nothing here can check it.");

    public Task<bool> HoldsAsync(Offer offer, CancellationToken cancel) => Task.FromResult(false);
}
