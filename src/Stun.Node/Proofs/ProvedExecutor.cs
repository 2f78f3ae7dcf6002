using Stun.Execution;
using Stun.Execution.Containers;
using Stun.Node.Provider;
using Stun.Node.Storage;
using Stun.Zk;
using Stun.Zk.Circuits;
using Stun.Zk.Circuits.Tasks;
using Stun.Zk.Fields;
using Stun.Zk.Files;
using Stun.Zk.Groth16;

namespace Stun.Node.Proofs;

/// <summary>
/// Makes the proofs that tasks ask for: of what a program left behind, or, where nothing else is to be run, of what
/// this provider keeps to itself.
/// </summary>
/// <param name="programs">Runs the programs.</param>
public sealed class ProvedExecutor(IExecutor programs, Blobs blobs, ProofSecrets secrets) : IExecutor, IDisposable
{
    /// <summary>What proving holds at its most: four columns of the quotient, points and sums of one section.</summary>
    private const long BytesPerRow = 512;

    /// <summary>A prover takes all processors and much memory: side by side two would take longer than in turn.
    /// </summary>
    private readonly SemaphoreSlim prover = new(1);

    public async Task<RunOutcome> RunAsync(ExecutionRequest request, LogSink sink, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(request);
        var spec = request.Order.Order.Spec;
        if (spec.Work is not Work.Proof && !(request.MakesProof && spec.Verification is VerificationPolicy.ZkProof))
            return await programs.RunAsync(request, sink, stop).ConfigureAwait(false);
        try
        {
            if (spec.Work is Work.Proof) return await ProveAloneAsync(request, stop).ConfigureAwait(false);
            var outcome = await programs.RunAsync(request, sink, stop).ConfigureAwait(false);
            return outcome is RunOutcome.Done done
                ? await ProveResultAsync(request, done, stop).ConfigureAwait(false)
                : outcome;
        }
        catch (Exception wrong) when (wrong is ExecutionException or ZkException or CircuitException)
        {
            return new RunOutcome.Failed(RunFailure.Runtime, Sentence.Short(wrong.Message));
        }
        catch (StorageException missing)
        {
            return new RunOutcome.Failed(RunFailure.BlobMissing, Sentence.Short(missing.Message));
        }
    }

    public void Dispose() => prover.Dispose();

    /// <summary>The proof is all that there is to do; its words are the result.</summary>
    private async Task<RunOutcome> ProveAloneAsync(ExecutionRequest request, CancellationToken stop)
    {
        var started = TimeProvider.System.GetTimestamp();
        var spec = request.Order.Order.Spec;
        var statement = await ProofChecker.StatementAsync(blobs, spec.Statement, stop).ConfigureAwait(false);
        var plan = await PlanAsync(statement, request.Runner, stop).ConfigureAwait(false);
        var content = Fr.Bytes(plan.Shown);
        await blobs.KeepAsync(content, stop).ConfigureAwait(false);
        var result = await blobs.KeepAsync(ProtocolWire.Encode(ProofWords.Manifest(content)), stop)
            .ConfigureAwait(false);
        var proof = await ProveAsync(request, statement, result, plan, stop).ConfigureAwait(false);
        var took = TimeProvider.System.GetElapsedTime(started).Ticks / TimeSpan.TicksPerMicrosecond;
        return new RunOutcome.Done(result, proof, new Duration(took));
    }

    private async Task<ProofPlan> PlanAsync(ProofStatement statement, Address runner, CancellationToken stop)
    {
        switch (statement)
        {
            case ProofStatement.Inference or ProofStatement.Capability when !secrets.Allows(statement.Key):
                throw new ExecutionException("proof.key-unknown",
                    $"This provider proves nothing of its own with the proving key sha256:{statement.Key}: a key of "
                    + "somebody's making could read what it is to hide.",
                    "Ask its owner which keys are under provider.proof-secrets, in proving-keys.txt.");
            case ProofStatement.Inference inference:
                var held = secrets.Network(inference.Model) ?? throw Missing("network");
                var input = await ProofChecker.InputAsync(blobs, inference, stop).ConfigureAwait(false);
                if (!held.Network.Shape.SequenceEqual(inference.Shape.Shape)) throw Missing("network of that shape");
                var outputs = held.Network.Run(input);
                var seen = new InferenceStatement(ProofWords.Binding(default, default, default, runner),
                    inference.Model, InferenceCircuit.CommitInput(input, Fr.Zero), outputs);
                return new ProofPlan(seen.Words, seen.OutputWords, binding => inference.Shape.Assign(
                    seen with { Binding = binding }, new InferenceWitness(held.Network, held.Salt, input, Fr.Zero)));
            case ProofStatement.Capability capability:
                var measured = secrets.Measurement(capability.Root, capability.Measured, runner)
                    ?? throw Missing("measurement");
                if (measured.Score < capability.Threshold) throw Missing("measurement as high as the threshold");
                var told = new CapabilityStatement(ProofWords.Binding(default, default, default, runner),
                    capability.Root, capability.Measured, capability.Threshold);
                return new ProofPlan(told.Words, told.Words,
                    binding => capability.Tree.Assign(told with { Binding = binding }, measured));
            default:
                throw new ExecutionException("proof.needs-program",
                    "A proof of completion is about the result of a program, and the task names none.",
                    "Give the task an image or a model, and the statement as its input named 'statement'.");
        }
    }

    /// <summary>A program has run; the proof shows who knows what it left.</summary>
    private async Task<RunOutcome> ProveResultAsync(
        ExecutionRequest request, RunOutcome.Done done, CancellationToken stop)
    {
        var spec = request.Order.Order.Spec;
        var statement = await ProofChecker.StatementAsync(blobs, spec.Statement, stop).ConfigureAwait(false);
        if (statement is not ProofStatement.Completion completion)
            throw new ExecutionException("proof.statement-kind",
                "A task with a program can only have its completion proved.",
                "Write a statement of the kind completion, or give the task no program.");
        var manifest = await new StoredResults(blobs).ManifestAsync(done.Result, stop).ConfigureAwait(false);
        var file = manifest?.Files.FirstOrDefault(file => file.Name == completion.File)
            ?? throw new ExecutionException("proof.file-missing",
                $"The program left no file named '{TerminalText.OfName(completion.File)}', which is to be proved.",
                "Name a file that the program writes, among the outputs too.");
        var content = await blobs.ReadAsync(file.Digest, CompletionCircuit.LengthMax, stop).ConfigureAwait(false);
        if (content?.Length != completion.Content.Length)
            throw new ExecutionException("proof.file-length",
                $"The file '{TerminalText.OfName(completion.File)}' has {file.Size} bytes, and the circuit is for "
                + $"{completion.Content.Length}.", "Let the program write exactly as many.");
        var words = ProofChecker.WordsOf(file.Digest);
        var plan = new ProofPlan(words, words, binding => completion.Content.Assign(
            new CompletionStatement(binding, ProofWords.Bytes(file.Digest)), new CompletionWitness(content)));
        var proof = await ProveAsync(request, statement, done.Result, plan, stop).ConfigureAwait(false);
        return done with { Proof = proof };
    }

    private async Task<Digest> ProveAsync(
        ExecutionRequest request, ProofStatement statement, Digest result, ProofPlan plan, CancellationToken stop)
    {
        var spec = request.Order.Order.Spec;
        var binding = ProofWords.Binding(request.Task, TypedData.SpecDigest(spec), result, request.Runner);
        using var file = await blobs.OpenFileAsync(statement.Key, stop).ConfigureAwait(false);
        if (file.Length > (long)spec.Resources.MemoryMiB << 20)
            throw new ExecutionException("proof.key-too-large",
                $"The proving key has {file.Length >> 20} MiB, and the task asks for {spec.Resources.MemoryMiB} MiB "
                + "of memory.", "Ask for more memory.");
        await prover.WaitAsync(stop).ConfigureAwait(false);
        Groth16Proof proof;
        try
        {
            proof = await Task.Run(
                () => Prove(file.Name, statement.Circuit, plan.Assign(binding), spec.Resources.MemoryMiB, stop), stop)
                .ConfigureAwait(false);
        }
        finally
        {
            prover.Release();
        }
        var made = new TaskProof(binding.Provider, plan.Words, proof);
        // Before it is handed out: with another circuit's key nobody would pay for it.
        if (spec.Verification is VerificationPolicy.ZkProof zk
            && !made.Holds(binding, new Groth16Verifier(
                await ProofChecker.VerificationKeyAsync(blobs, zk.Circuit, stop).ConfigureAwait(false))))
            throw new ExecutionException("proof.other-circuit",
                "The proving key that the statement names is not of the circuit that the task names.",
                "Name the verification key that was exported from this proving key.");
        return await blobs.KeepAsync(made.Encode(binding), stop).ConfigureAwait(false);
    }

    private static Groth16Proof Prove(
        string keyFile, ICircuit circuit, Assignment assignment, uint memoryMiB, CancellationToken stop)
    {
        using var key = Groth16Key.Open(keyFile);
        // A key may claim a larger domain than its circuit has, and memory goes by the domain.
        var rows = 1L << key.Power;
        if (rows * BytesPerRow > (long)memoryMiB << 20)
            throw new ExecutionException("proof.memory",
                $"A proof of {rows} rows needs {rows * BytesPerRow >> 20} MiB, and the task asks for {memoryMiB}.",
                "Ask for more memory.");
        // A circuit that is larger than its key is given up while it is compiled, before it takes more memory.
        var compiled = CompiledCircuit.From(circuit, new CircuitLimits((int)rows, key.Wires) { Stop = stop });
        if (key.Wires != compiled.Constraints.Wires.Wires
            || rows > 4L * (compiled.Constraints.Count + key.PublicCount + 1))
            throw new ExecutionException("proof.other-circuit",
                "The proving key that the statement names is not of the circuit that the statement describes.",
                "Make the key from this circuit.");
        using var witness = Witness.From(compiled.Solve(assignment));
        return new Groth16Prover(key) { Stop = stop }.Prove(witness);
    }

    private static ExecutionException Missing(string what) => new("proof.secret-missing",
        $"This provider has no {what} for what is to be proved.",
        "Ask a provider that has it: name it under providers.allowed.");
}

/// <param name="Words">All that the proof shows beside task and provider.</param>
/// <param name="Shown">Those of them that are the result.</param>
/// <param name="Assign">The inputs of the circuit, once it is known what the proof is bound to.</param>
internal sealed record ProofPlan(Fr[] Words, Fr[] Shown, Func<TaskBinding, Assignment> Assign);
