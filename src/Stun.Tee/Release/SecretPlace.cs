using Stun.Tee.Sources;

namespace Stun.Tee.Release;

/// <summary>The side where secrets are worked on: a key that is born there, and evidence that names it.</summary>
/// <param name="source">Null is a place without trusted hardware.</param>
public sealed class SecretPlace(IEvidenceSource? source) : IDisposable
{
    private readonly EnclaveKey key = new();

    public ReadOnlyMemory<byte> PublicKey => key.PublicKey;

    /// <summary>Null where there is nothing to show.</summary>
    public async Task<EvidenceBundle?> AnswerAsync(
        ReadOnlyMemory<byte> nonce, DateTimeOffset now, CancellationToken cancel) => source is null ? null
        : await source.AttestAsync(new Challenge(nonce, key.PublicKey), now, cancel).ConfigureAwait(false);

    /// <param name="after">The input of this task that was sealed before this one; null for the first.</param>
    /// <returns>With all of a task's, outputs are sealed: see <see cref="OutputSealer"/>.</returns>
    public Task<OpenedInput> OpenInputAsync(
        Stream sealedInput, Stream plain, SealContext context, OpenedInput? after, CancellationToken cancel) =>
        SealedInput.OpenAsync(sealedInput, plain, key, context, after?.Secret, cancel);

    public void Dispose() => key.Dispose();
}
