using Stun.Execution;
using Stun.Execution.Containers;
using Stun.Node.Provider;
using Stun.Node.Storage;
using Stun.Tee;
using Stun.Tee.Release;

namespace Stun.Node.Secrets;

/// <summary>
/// Answers challenges, runs what is sealed to this machine, and brings evidence with the results of tasks that are
/// paid on it. All else it hands on.
/// </summary>
/// <param name="programs">Runs what is not sealed.</param>
/// <param name="workshop">Null where this process runs no containers: then nothing that is sealed is run here.</param>
public sealed class SecretExecutor(
    IExecutor programs, Workshop? workshop, Blobs blobs, SecretPlace place, EvidenceDesk desk, TimeProvider clock)
    : IExecutor
{
    private const int ChallengeBytesMax = 1 << 10;

    /// <summary>As the kernel numbers it.</summary>
    private const int NoSpace = 28;

    public async Task<RunOutcome> RunAsync(ExecutionRequest request, LogSink sink, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(request);
        var spec = request.Order.Order.Spec;
        var needsEvidence = request.MakesProof && spec.Verification is VerificationPolicy.TeeQuote;
        if (spec.Work is not Work.Attestation && spec.Seal.IsZero && !needsEvidence)
            return await programs.RunAsync(request, sink, stop).ConfigureAwait(false);
        try
        {
            // Before it has worked for nothing.
            if (needsEvidence && await WhyNotAsync(request, stop).ConfigureAwait(false) is { } why)
                return new RunOutcome.Failed(RunFailure.ProofRefused, Sentence.Short(why));
            var outcome = spec.Work is Work.Attestation attestation
                ? await AnswerAsync(attestation, request, stop).ConfigureAwait(false)
                : spec.Seal.IsZero ? await programs.RunAsync(request, sink, stop).ConfigureAwait(false)
                : await RunSealedAsync(request, stop).ConfigureAwait(false);
            return outcome is RunOutcome.Done done && needsEvidence
                ? done with { Proof = await ProofAsync(request, done.Result, stop).ConfigureAwait(false) }
                : outcome;
        }
        catch (IOException full) when (full.HResult == NoSpace)
        {
            return new RunOutcome.Failed(RunFailure.DiskFull,
                "What goes in and comes out does not fit the task's disk, which lies in memory.");
        }
        catch (Exception wrong) when (wrong is ExecutionException or EvidenceException or KeyReleaseException)
        {
            return new RunOutcome.Failed(RunFailure.Runtime, Sentence.Short(wrong.Message));
        }
        // Messages of files and blobs hold the digests of what is open.
        catch (IOException failure)
        {
            return new RunOutcome.Failed(RunFailure.Runtime,
                spec.Seal.IsZero ? Sentence.Short(failure.Message) : "A sealed run could not read or write its files.");
        }
        catch (StorageException missing)
        {
            return new RunOutcome.Failed(RunFailure.BlobMissing,
                spec.Seal.IsZero ? Sentence.Short(missing.Message) : "A sealed run lacks something that it names.");
        }
    }

    /// <summary>The key, and beside it what vouches for it where there is something.</summary>
    private async Task<RunOutcome> AnswerAsync(
        Work.Attestation asked, ExecutionRequest request, CancellationToken stop)
    {
        // Another machine's answer is another one, and says nothing of this.
        if (!request.MakesProof)
            throw new ExecutionException("secret.not-ours", "A challenge is answered by the provider that was asked.",
                "Judge the answer by the evidence in it.");
        var started = clock.GetTimestamp();
        var challenge = await blobs.ReadAsync(asked.Challenge, ChallengeBytesMax, stop).ConfigureAwait(false);
        if (challenge is null || challenge.Length < Challenge.NonceSizeMin)
            throw new ExecutionException("secret.challenge",
                $"A challenge has {Challenge.NonceSizeMin} to {ChallengeBytesMax} bytes.",
                "Draw 32 bytes that nobody can know before.");
        var evidence = await place.AnswerAsync(
            EvidenceNonce.ForRequest(request.Runner, challenge), clock.GetUtcNow(), stop).ConfigureAwait(false);
        List<ResultFile> files = [];
        if (evidence is not null)
            files.Add(await FileAsync(SealedTask.EvidenceFile, evidence.Encode(), stop).ConfigureAwait(false));
        files.Add(await FileAsync(SealedTask.KeyFile, place.PublicKey, stop).ConfigureAwait(false));
        var result = await blobs.KeepAsync(
            ProtocolWire.Encode(new ResultManifest(ValueList.From(files))), stop).ConfigureAwait(false);
        return new RunOutcome.Done(result, Digest.Zero, TookSince(started));
    }

    private async Task<RunOutcome> RunSealedAsync(ExecutionRequest request, CancellationToken stop)
    {
        // A validator's own run would show a stranger's secret to the validator.
        if (!request.MakesProof)
            throw new ExecutionException(
                "secret.not-ours", "What is sealed to a provider is run by that provider alone.",
                "Verify the task by its evidence, or not at all.");
        if (workshop is null)
            throw new ExecutionException("secret.no-containers", "This provider runs no containers.",
                "Ask one that does.");
        return await new SealedRun(workshop, blobs, place).RunAsync(request, stop).ConfigureAwait(false);
    }

    private static byte[] NonceOf(ExecutionRequest request, Digest result) => EvidenceNonce.ForReceipt(
        request.Task, TypedData.SpecDigest(request.Order.Order.Spec), result, request.Runner);

    private async Task<Digest> ProofAsync(ExecutionRequest request, Digest result, CancellationToken stop)
    {
        var evidence = await EvidenceAsync(NonceOf(request, result), stop).ConfigureAwait(false);
        return await blobs.KeepAsync(evidence.Encode(), stop).ConfigureAwait(false);
    }

    /// <summary>What others would say of this machine under the task's policy; null where it fits, or is not known.
    /// </summary>
    private async Task<string?> WhyNotAsync(ExecutionRequest request, CancellationToken stop)
    {
        var policy = ((VerificationPolicy.TeeQuote)request.Order.Order.Spec.Verification).Policy;
        // As it will be judged, of no result yet.
        var nonce = NonceOf(request, Digest.Zero);
        var evidence = await EvidenceAsync(nonce, stop).ConfigureAwait(false);
        try
        {
            return await desk.RefusalAsync(evidence, nonce, policy, blobs, stop).ConfigureAwait(false);
        }
        catch (StorageException)
        {
            return null;
        }
    }

    private async Task<EvidenceBundle> EvidenceAsync(byte[] nonce, CancellationToken stop) =>
        await place.AnswerAsync(nonce, clock.GetUtcNow(), stop).ConfigureAwait(false)
            ?? throw new ExecutionException("secret.no-hardware",
                "The task is paid on evidence of trusted hardware, and this provider has none.",
                "Ask for privacy 'tee', so that it goes to those that have.");

    private async Task<ResultFile> FileAsync(string name, ReadOnlyMemory<byte> content, CancellationToken stop) =>
        new(name, await blobs.KeepAsync(content, stop).ConfigureAwait(false), (ulong)content.Length);

    private Duration TookSince(long started) =>
        new(clock.GetElapsedTime(started).Ticks / TimeSpan.TicksPerMicrosecond);
}
