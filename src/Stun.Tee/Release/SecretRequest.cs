using System.Security.Cryptography;
using Stun.Tee.Checks;

namespace Stun.Tee.Release;

/// <summary>
/// The requester's side of one secret task: a nonce that is asked once, the verdict on the answer, inputs that are
/// sealed to the key of the answer, and what opens the outputs of exactly these inputs.
/// </summary>
/// <remarks>
///   requester ── nonce ──► where it runs ── evidence, key ──► requester: verdict ── sealed inputs ──► where it runs
///   where it runs ── outputs, sealed to the requester's key with the secrets of the inputs ──► requester
/// </remarks>
public sealed class SecretRequest(EvidenceVerifier verifier, TeePolicy policy, ReadOnlyMemory<byte> task) : IDisposable
{
    private readonly ReplyKey reply = new();
    private readonly Dictionary<string, InputSecret> inputs = new(StringComparer.Ordinal);
    private InputSecret? last;
    private bool isAnswered;
    private Recipient? recipient;

    /// <summary>Of this request alone.</summary>
    public ReadOnlyMemory<byte> Nonce { get; init; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>To which outputs are sealed; bound into every input.</summary>
    public ReadOnlyMemory<byte> ReplyKey => reply.PublicKey;

    /// <summary>What was found, whatever came of it: its digest and the evidence's go into the record of the task.
    /// </summary>
    public TeeVerdict? Verdict { get; private set; }

    /// <summary>Takes the only answer to the nonce.</summary>
    /// <exception cref="KeyReleaseException">There is no evidence, or it was refused: the message has every reason.
    /// </exception>
    public void Accept(EvidenceBundle? answer, Collateral collateral, DateTimeOffset now)
    {
        if (isAnswered) throw new KeyReleaseException("release.answered", "The nonce was answered already.");
        isAnswered = true;
        if (answer is null)
            throw new KeyReleaseException("release.no-evidence", "The provider has brought no evidence.");
        var challenge = new Challenge(Nonce, answer.PublicKey);
        Verdict = verifier.Verify(
            answer, collateral, new Question(policy, now, new ExpectedData.AnswerTo(challenge)));
        recipient = Recipient.Of(Verdict, challenge);
    }

    /// <summary>Without trusted hardware, and without any word of it.</summary>
    public void AcceptWithoutHardware(ReadOnlyMemory<byte> publicKey)
    {
        if (isAnswered) throw new KeyReleaseException("release.answered", "The nonce was answered already.");
        isAnswered = true;
        recipient = Recipient.WithoutHardware(publicKey);
    }

    /// <summary>One after the other, in the order in which they open: each opens only where the one before has.
    /// </summary>
    public async Task SealInputAsync(string name, Stream plain, Stream destination, CancellationToken cancel)
    {
        if (inputs.ContainsKey(name))
            throw new KeyReleaseException("release.sealed-twice",
                $"The input '{name}' was sealed already, and others after it. Make another request.");
        var context = new SealContext(task, name, ReplyKey);
        last = await SealedInput.SealAsync(plain, destination, Accepted(), context, last, cancel)
            .ConfigureAwait(false);
        inputs[name] = last;
    }

    /// <summary>
    /// What opens the outputs that come of the inputs sealed so far, on its own: it is kept when this request is gone.
    /// </summary>
    public OutputOpener Outputs()
    {
        return new OutputOpener(
            Release.ReplyKey.FromSecret(reply.Secret()), task, Accepted().Protection, [.. inputs.Values]);
    }

    private Recipient Accepted() => recipient
        ?? throw new KeyReleaseException("release.not-accepted", "Nobody was accepted for the secret.");

    public void Dispose() => reply.Dispose();
}
