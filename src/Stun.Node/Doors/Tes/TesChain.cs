using System.Diagnostics;
using Stun.Node.Gateway;
using Stun.Node.Storage;

namespace Stun.Node.Doors.Tes;

/// <summary>
/// One task of this door on its way: each executor is ordered when the one before it has a verified result. All that
/// cannot be found out again is in the book, so that this may end anywhere and begin again.
/// </summary>
internal sealed class TesChain
{
    /// <summary>Mostly the network tells at once; that a provider has begun is only in the books.</summary>
    private static readonly TimeSpan LookOften = TimeSpan.FromMilliseconds(250), LookEvery = TimeSpan.FromSeconds(5);

    private const long ProjectedWithinMs = 2_000;

    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(500);

    /// <summary>A provider that is told to stop does so within seconds; the money comes back later.</summary>
    private static readonly TimeSpan CalledOffWithin = TimeSpan.FromSeconds(30);

    private readonly TesGround ground;
    private readonly string id;
    private readonly Func<Task> callOff;
    private readonly CancellationToken calledOff;
    private TesEntry entry = null!;

    public TesChain(TesGround ground, string id, Address owner)
    {
        Owner = owner;
        // Never disposed: it may be called off in the very moment in which it ends, and it holds nothing.
        var source = new CancellationTokenSource();
        (this.ground, this.id, callOff, calledOff) = (ground, id, source.CancelAsync, source.Token);
    }

    public Address Owner { get; }

    /// <summary>Not on the caller's thread.</summary>
    public void CallOff() => _ = callOff();

    /// <param name="stop">The process is about to end: the next life goes on.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        await Task.Yield();
        entry = ground.Book.Find(id) ?? throw new InvariantException("what runs is in the book");
        if (entry.State == TesState.Canceling) CallOff();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, calledOff);
        try
        {
            await RunStepsAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The next life.
        }
        catch (OperationCanceledException) when (calledOff.IsCancellationRequested)
        {
            await CallOffAsync(stop).ConfigureAwait(false);
        }
        catch (TesFailure failure)
        {
            Fail(failure.Note);
        }
        catch (ApiException refused)
        {
            Fail($"{refused.Code}: {refused.Message}");
        }
        catch (StorageException lost)
        {
            Fail($"{lost.Code}: {lost.Message}");
        }
        catch (Exception failure)
        {
            // Our own trouble: its owner is told, and the requester need not wait for ever.
            Fail($"node.failed: {failure.GetType().Name} stopped it.");
            throw;
        }
    }

    private async Task RunStepsAsync(CancellationToken cancel)
    {
        var prepared = entry.Prepared ?? await PrepareAsync(cancel).ConfigureAwait(false);
        var executors = entry.Task.Executors!;
        List<TesStep> steps = [.. ground.Book.Steps(id)];
        var carried = prepared;
        for (var number = 0; number < executors.Count; number++)
        {
            var step = number < steps.Count ? steps[number] : null;
            if (step is null) await HeedAsync(cancel).ConfigureAwait(false);
            if (step?.Result is null)
                step = await RunStepAsync(step ?? Begin(number, carried), cancel).ConfigureAwait(false);
            var isOver = step.ExitCode != 0 && executors[number].IgnoreError != true;
            if (isOver || number == executors.Count - 1)
            {
                await EndAsync(step, isOver ? TesState.ExecutorError : TesState.Complete, cancel).ConfigureAwait(false);
                return;
            }
            carried = await CarryAsync(step.Result!.Value, prepared, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Another process may have written down that it is called off.</summary>
    private Task HeedAsync(CancellationToken cancel) => ground.Book.StateOf(id) is { } state
        && state != TesState.Canceling && !TesState.IsEnd(state) ? Task.CompletedTask : TurnBackAsync(cancel);

    private Task EnterAsync(string state, CancellationToken cancel) =>
        ground.Book.Move(id, state) ? Task.CompletedTask : TurnBackAsync(cancel);

    private async Task TurnBackAsync(CancellationToken cancel)
    {
        await callOff().ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
    }

    /// <summary>Brings what the document names, and writes down where all of it lies.</summary>
    private async Task<Digest> PrepareAsync(CancellationToken cancel)
    {
        RequireOurs();
        await EnterAsync(TesState.Initializing, cancel).ConfigureAwait(false);
        var files = new SortedDictionary<string, ResultFile>(StringComparer.Ordinal);
        foreach (var input in entry.Task.Inputs ?? [])
        {
            var path = TesPaths.Trim(input.Path!);
            if (input.Type == "DIRECTORY")
            {
                foreach (var file in await DirectoryAsync(input, cancel).ConfigureAwait(false))
                    files[$"{path}/{file.Name}"] = file with { Name = $"{path}/{file.Name}" };
                continue;
            }
            var (digest, size) = await BringAsync(input, cancel).ConfigureAwait(false);
            files[path] = new ResultFile(path, digest, (ulong)size);
        }
        if (files.Count > TesReader.FilesMax)
            throw new TesFailure("tes.too-many-files", $"The inputs are {files.Count} files; {TesReader.FilesMax} "
                + "may be.");
        var prepared = await KeepAsync(files.Values, cancel).ConfigureAwait(false);
        await ground.SettleAsync().ConfigureAwait(false);
        ground.Book.Prepare(id, prepared);
        return prepared;
    }

    /// <summary>Before anything is ordered or paid: all urls can be followed.</summary>
    private void RequireOurs()
    {
        foreach (var (index, input) in (entry.Task.Inputs ?? []).Index())
            if (string.IsNullOrEmpty(input.Content) && input.Url is { Length: > 0 } url
                && ground.Files.FaultOfInput(url) is { } fault)
                throw new TesFailure("tes.foreign-url", $"inputs[{index}]: {fault}.");
        foreach (var (index, output) in (entry.Task.Outputs ?? []).Index())
            if (TesFiles.FaultOfOutput(output.Url!) is { } fault)
                throw new TesFailure("tes.foreign-url", $"outputs[{index}]: {fault}.");
    }

    private Task<(Digest Digest, long Size)> BringAsync(TesInput input, CancellationToken cancel)
    {
        if (!string.IsNullOrEmpty(input.Content) || string.IsNullOrEmpty(input.Url))
            return ground.Files.KeepAsync(input.Content ?? "", cancel);
        return TesFiles.TryOwn(input.Url, out var digest)
            ? Task.FromResult((digest, ground.Files.SizeOf(digest)))
            : ground.Files.FetchAsync(new Uri(input.Url), cancel);
    }

    /// <summary>A directory is the result of an earlier task, by the digest of its manifest.</summary>
    private async Task<IReadOnlyList<ResultFile>> DirectoryAsync(TesInput input, CancellationToken cancel)
    {
        var manifest = TesFiles.TryOwn(input.Url!, out var digest)
            ? await ground.Results.ManifestAsync(digest, cancel).ConfigureAwait(false)
            : null;
        return manifest is null
            ? throw new TesFailure("tes.directory",
                $"'{Sentence.Short(input.Url!)}' is no directory that can be had: name the manifest of a result, "
                + "sha256:DIGEST, or give the files one by one.")
            : [.. manifest.Files.Where(file => !file.Name.StartsWith('/'))];
    }

    /// <summary>What the executor before has left, and what lies outside of the directories it has left it in.
    /// </summary>
    private async Task<Digest> CarryAsync(Digest result, Digest prepared, CancellationToken cancel)
    {
        var left = await ManifestAsync(result, cancel).ConfigureAwait(false);
        var given = await ManifestAsync(prepared, cancel).ConfigureAwait(false);
        var carried = await KeepAsync(TesOutputs.Carry(entry.Task, left, given), cancel).ConfigureAwait(false);
        // The order that names it is written to another place, and must not be there without it.
        await ground.SettleAsync().ConfigureAwait(false);
        return carried;
    }

    private async Task<Digest> KeepAsync(IEnumerable<ResultFile> files, CancellationToken cancel)
    {
        var manifest = new ResultManifest(
            [.. files.OrderBy(file => file.Name, StringComparer.Ordinal)]);
        var (digest, _) = await ground.Files.KeepAsync(ProtocolWire.Encode(manifest), cancel).ConfigureAwait(false);
        return digest;
    }

    private async Task<ResultManifest> ManifestAsync(Digest digest, CancellationToken cancel) =>
        await ground.Results.ManifestAsync(digest, cancel).ConfigureAwait(false)
            ?? throw new TesFailure("tes.lost", $"The manifest sha256:{digest} is not here any more.");

    private TesStep Begin(int number, Digest carried)
    {
        var form = TesOrders.FormOf(
            entry.Task, number, entry.Images[number], (carried, ground.Files.SizeOf(carried)));
        var order = ground.Plan.Intake.Sign(OrderDesk.Read(form, entry.Owner, Intake.NewKey(), ground.Now));
        var task = TypedData.TaskIdOf(ground.Plan.Terms.Domain, order.Order);
        ground.Book.Begin(id, number, order, task);
        return new TesStep(number, order, task, null, null, null, null);
    }

    private async Task<TesStep> RunStepAsync(TesStep step, CancellationToken cancel)
    {
        var result = await ResultAsync(step, cancel).ConfigureAwait(false);
        var manifest = await ManifestAsync(result, cancel).ConfigureAwait(false);
        var file = manifest.Files.FirstOrDefault(file => file.Name == Launcher.ExitFile);
        var content = file is null
            ? null
            : await ground.Plan.Blobs.ReadAsync(file.Digest, 16, cancel).ConfigureAwait(false);
        if (Launcher.ReadExit(content) is not { } code)
            throw new TesFailure("tes.no-exit-code", $"Executor {step.Number} left no exit code.");
        var attempts = await AttemptsAsync(step.Task, result, cancel).ConfigureAwait(false);
        var ended = step with
        {
            Result = result,
            ExitCode = code,
            BeganAt = attempts.Count > 0 ? attempts.Min(attempt => attempt.GrantedAt) : ground.Now,
            EndedAt = ground.Now,
        };
        ground.Book.Finish(id, ended);
        return ended;
    }

    /// <summary>Whoever is told that it has ended asks at once who ran it, and the read model is a little behind.
    /// </summary>
    private async Task<IReadOnlyList<StoredAttempt>> AttemptsAsync(TaskId task, Digest result, CancellationToken cancel)
    {
        var until = Environment.TickCount64 + ProjectedWithinMs;
        while (true)
        {
            var attempts = ground.Queries.Attempts(task);
            if (attempts.Any(attempt => attempt.Receipt?.Receipt.Result == result)
                || Environment.TickCount64 > until) return attempts;
            await Task.Delay(20, cancel).ConfigureAwait(false);
        }
    }

    private async Task<Digest> ResultAsync(TesStep step, CancellationToken cancel)
    {
        // It may have ended while this node was down; its deadline may be over, too.
        if (ground.Queries.FindTask(step.Task) is { } known && TryStored(step, known) is { } found) return found;
        var follow = await SubmitAsync(step.Order, cancel).ConfigureAwait(false);
        var isRunning = false;
        var clock = Stopwatch.StartNew();
        while (!follow.Delivered.IsCompleted)
        {
            await Intake.WithinAsync(follow.Delivered, isRunning ? LookEvery : LookOften, cancel).ConfigureAwait(false);
            if (clock.Elapsed > LookEvery)
            {
                await HeedAsync(cancel).ConfigureAwait(false);
                clock.Restart();
            }
            if (follow.Delivered.IsCompleted || ground.Queries.FindTask(step.Task) is not { } stored) continue;
            if (TryStored(step, stored) is { } result) return result;
            if (isRunning || stored.State is not ("running" or "judging")) continue;
            isRunning = true;
            await EnterAsync(TesState.Running, cancel).ConfigureAwait(false);
        }
        if (follow.Result is { } ready) return ready.Result;
        if (follow.End is { State: FinalState.Complete, Result.IsZero: false } end) return end.Result;
        throw Failed(step, follow.End is { } over ? $"{over.Reason}" : $"{follow.Refusal}");
    }

    private async Task<TaskFollow> SubmitAsync(SignedOrder order, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                return await ground.Plan.Intake.SubmitAsync(order, cancel).ConfigureAwait(false);
            }
            catch (Exception busy) when (busy is ApiException { RetryAfter: not null }
                or ApiException { Code: "task.unanswered" } or NodeException { Code: "node.ended" })
            {
                // The same order is the same task, however often it is sent.
                await Task.Delay(BusyPause, cancel).ConfigureAwait(false);
            }
        }
    }

    private Digest? TryStored(TesStep step, StoredTask stored) => stored.State switch
    {
        "complete" or "pending" or "posting" when stored.Result is { } result => result,
        "failed" or "cancelled" or "refused" => throw Failed(step, stored.Reason ?? stored.State),
        _ => null,
    };

    private TesFailure Failed(TesStep step, string reason)
    {
        var last = ground.Queries.Attempts(step.Task).LastOrDefault(attempt => attempt.Failure is not null);
        var more = last is null ? "" : $"; the last provider said {last.Failure}: {last.Detail}";
        return new TesFailure("tes.step-failed",
            $"Executor {step.Number}, task {step.Task}, has no result: {reason}{more}.");
    }

    private async Task EndAsync(TesStep step, string state, CancellationToken cancel)
    {
        List<string> notes = [.. entry.Notes];
        var manifest = await ManifestAsync(step.Result!.Value, cancel).ConfigureAwait(false);
        var kept = TesOutputs.Choose(entry.Task, manifest, notes);
        if (state == TesState.ExecutorError) notes.Add($"executor {step.Number} ended with exit code {step.ExitCode}.");
        ground.Book.End(id, state, ground.Now, notes, kept);
    }

    private void Fail(string note) =>
        ground.Book.End(id, TesState.SystemError, ground.Now, [.. entry.Notes, note], []);

    /// <summary>Until it was taken: what nobody has heard of runs on, and is paid.</summary>
    private async Task CancelAsync(TaskId task, Signature signature, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                ground.Plan.Intake.Cancel(entry.Owner, task, signature);
                return;
            }
            catch (ApiException busy) when (busy.RetryAfter is not null)
            {
                await Task.Delay(BusyPause, stop).ConfigureAwait(false);
            }
        }
    }

    private async Task CallOffAsync(CancellationToken stop)
    {
        var open = ground.Book.Steps(id).LastOrDefault(step => step.Result is null);
        // What nobody has heard of needs no word that it is called off.
        var isKnown = open is not null && (ground.Plan.Process.Board.Find(open.Task) is not null
            || ground.Queries.FindTask(open.Task) is { EndedAt: null });
        if (open is not null && isKnown)
        {
            try
            {
                var follow = await SubmitAsync(open.Order, stop).ConfigureAwait(false);
                if (ground.Plan.Intake.SignCancel(entry.Owner, open.Task) is { } signature)
                    await CancelAsync(open.Task, signature, stop).ConfigureAwait(false);
                await Intake.WithinAsync(follow.Delivered, CalledOffWithin, stop).ConfigureAwait(false);
            }
            catch (ApiException)
            {
                // It was refused, or runs to its end and is paid: no reason to hold anybody up.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
        ground.Book.End(id, TesState.Canceled, ground.Now, [.. entry.Notes, "called off by its owner."], []);
    }
}
