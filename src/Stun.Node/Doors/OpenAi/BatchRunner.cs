using System.Collections.Concurrent;
using Stun.Node.Gateway;
using Stun.Node.Serving;

namespace Stun.Node.Doors.OpenAi;

/// <summary>
/// Asks the questions of batches while others leave room: a question begins only where a place is free, and gives it
/// up again, to be asked later, when somebody who waits for an answer needs it.
/// </summary>
internal sealed class BatchRunner : IAsyncDisposable
{
    /// <summary>Batches at once; each account has one under way, so that nobody's large one stops the others.</summary>
    private const int BatchesMax = 16;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly BatchTry Later = new(null, TimeSpan.FromMilliseconds(50));
    private static readonly BatchFault Gone = new(null, "input_file_id", "The file is gone.");

    private readonly DoorPlan plan;
    private readonly BatchBook book;
    private readonly FileBook files;
    private readonly ModelMeter meter;
    private readonly BatchOutput output;
    private readonly SemaphoreSlim places;
    private readonly SemaphoreSlim wake = new(0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<string, CancellationTokenSource> active = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private readonly LinkedList<(string Model, CancellationTokenSource Line)> lines = [];
    private readonly Task running;

    public BatchRunner(DoorPlan plan, BatchBook book, FileBook files, ModelMeter meter)
    {
        (this.plan, this.book, this.files, this.meter) = (plan, book, files, meter);
        output = new BatchOutput(plan, book, files);
        places = new SemaphoreSlim((int)plan.ModelSettings.BatchAtOnce);
        running = Task.Run(RunAsync);
    }

    private Instant Now => WallTime.Now(plan.Clock);

    /// <summary>There is something new to do.</summary>
    public void Wake() => wake.Release();

    public void Cancel(string batch)
    {
        if (active.TryGetValue(batch, out var work)) work.Cancel();
        Wake();
    }

    /// <summary>Takes its place from the question of a batch that has it for the shortest time.</summary>
    public void MakeRoom(string model)
    {
        lock (gate)
            for (var node = lines.Last; node is not null; node = node.Previous)
            {
                if (node.Value.Model != model || node.Value.Line.IsCancellationRequested) continue;
                // Whoever is told does not run on this thread, which somebody waits for.
                _ = node.Value.Line.CancelAsync();
                return;
            }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
        places.Dispose();
        wake.Dispose();
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        List<(Address Account, Task Work)> under = [];
        while (!stop.IsCancellationRequested)
        {
            try
            {
                under.RemoveAll(each => each.Work.IsCompleted);
                foreach (var batch in book.ListOpen(1_000))
                    if (under.Count < BatchesMax && under.TrueForAll(each => each.Account != batch.Account))
                        under.Add((batch.Account, Task.Run(() => RunAsync(batch))));
                files.RemoveExpired(Now);
            }
            catch (Exception failure) when (failure is not InvariantException)
            {
                // The database or the disk is away, most of the time: it is looked at again. No failure of one moment
                // may end what all batches live by.
                plan.Trouble(failure);
            }
            await Task.WhenAny(under.Select(each => each.Work).Append(wake.WaitAsync(LookEvery, stop.Token)))
                .ConfigureAwait(false);
        }
        await Task.WhenAll(under.Select(each => each.Work)).ConfigureAwait(false);
    }

    private async Task RunAsync(StoredBatch batch)
    {
        using var work = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        active[batch.Id] = work;
        try
        {
            var isLate = Now >= batch.ExpiresAt;
            if (!isLate && batch.State == "validating" && !await CheckAsync(batch, work.Token).ConfigureAwait(false))
                return;
            var left = (batch.ExpiresAt.Micros - Now.Micros) / 1_000;
            work.CancelAfter((int)Math.Clamp(left, 0, int.MaxValue));
            var hasInput = true;
            if (!isLate && book.StateOf(batch.Id) == "in_progress")
                hasInput = await AskAllAsync(batch, work.Token).ConfigureAwait(false);
            if (!stop.IsCancellationRequested) await EndAsync(batch, hasInput).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The next life goes on.
        }
        catch (Exception failure) when (failure is not InvariantException)
        {
            // A database or a disk that is away: it goes on from what is written, a little later.
            if (failure is not OperationCanceledException) plan.Trouble(failure);
            await Task.Delay(LookEvery, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            active.TryRemove(batch.Id, out _);
        }
    }

    private FileStream? Open(StoredBatch batch) =>
        files.Find(batch.Input, batch.Account) is { } file && plan.Blobs.Files.Contains(file.Digest)
            ? plan.Blobs.Files.OpenRead(file.Digest) : null;

    private async Task<bool> CheckAsync(StoredBatch batch, CancellationToken cancel)
    {
        IReadOnlyList<BatchFault> faults = [Gone];
        var count = 0L;
        var input = Open(batch);
        if (input is not null)
            await using (input.ConfigureAwait(false))
                (count, faults) = await new BatchInput(input, batch.Endpoint).CheckAsync(cancel).ConfigureAwait(false);
        if (faults.Count == 0)
        {
            book.Begin(batch.Id, count, Now);
            return true;
        }
        book.Refuse(batch.Id, BatchRoutes.FaultsOf(faults), Now);
        return false;
    }

    /// <returns>False where the input is gone.</returns>
    private async Task<bool> AskAllAsync(StoredBatch batch, CancellationToken cancel)
    {
        var answered = book.Answered(batch.Id);
        var role = Enum.TryParse<ApiRole>(batch.Role, out var known) ? known : ApiRole.Requester;
        var who = new ApiPrincipal(batch.KeyId, batch.Account, role);
        if (Open(batch) is not { } file) return false;
        List<Task> under = [];
        // Lines in memory. Those that sleep have no place, and keep those of their own batch back and nobody else's.
        using var own = new SemaphoreSlim((int)plan.ModelSettings.BatchAtOnce);
        await using (file.ConfigureAwait(false))
        {
            var input = new BatchInput(file, batch.Endpoint);
            try
            {
                while (await input.NextAsync(cancel).ConfigureAwait(false) is { } question)
                {
                    if (answered.Contains(question.Line)) continue;
                    await own.WaitAsync(cancel).ConfigureAwait(false);
                    under.RemoveAll(each => each.IsCompletedSuccessfully);
                    // What stopped one of them stops the next as well: they are asked again, a little later.
                    if (under.Exists(each => each.IsFaulted)) break;
                    under.Add(Task.Run(
                        () => AskAsync(batch, question, who, own, cancel), CancellationToken.None));
                }
            }
            catch (OperationCanceledException)
            {
                // Cancelled, expired, or the node stops: the caller looks which.
            }
            finally
            {
                await Task.WhenAll(under).ConfigureAwait(false);
            }
        }
        return true;
    }

    private async Task AskAsync(
        StoredBatch batch, BatchQuestion question, ApiPrincipal who, SemaphoreSlim own, CancellationToken cancel)
    {
        try
        {
            using var answer = await AnswerAsync(batch, question, who, cancel).ConfigureAwait(false);
            if (book.Answer(batch.Id, question.Line, answer.IsError, answer.Line)) answer.Settle();
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // It stays unanswered.
        }
        finally
        {
            own.Release();
        }
    }

    private async Task<BatchAnswer> AnswerAsync(
        StoredBatch batch, BatchQuestion question, ApiPrincipal who, CancellationToken cancel)
    {
        try
        {
            var kind = QuestionKind.All.First(each => each.Path == batch.Endpoint);
            var model = Question.Read(question.Body, kind).Model;
            var asking = new BatchAsking(meter, batch.Endpoint, question, who);
            while (true)
            {
                cancel.ThrowIfCancellationRequested();
                var route = QuestionDesk.Find(plan.Models, model, batch.Account);
                var tried = route.Room == 0 ? Later : await TryAskAsync(asking, route, cancel).ConfigureAwait(false);
                if (tried.Answer is { } answer) return answer;
                await Task.Delay(tried.Pause, cancel).ConfigureAwait(false);
            }
        }
        catch (ApiException refused)
        {
            return BatchAsking.Told(question, refused);
        }
        catch (System.Text.Json.JsonException wrong)
        {
            return BatchAsking.Told(question, new ApiException("request.malformed", wrong.Message));
        }
    }

    /// <summary>Has a place as long as it asks, and none while it waits.</summary>
    private async Task<BatchTry> TryAskAsync(BatchAsking asking, IModelRoute route, CancellationToken cancel)
    {
        await places.WaitAsync(cancel).ConfigureAwait(false);
        using var line = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        LinkedListNode<(string, CancellationTokenSource)>? node = null;
        try
        {
            if (route.Room == 0) return Later;
            lock (gate) node = lines.AddLast((route.Model.Id, line));
            return await asking.TryAsync(route, line.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // It gave its place to somebody else.
            return Later;
        }
        finally
        {
            if (node is not null)
                lock (gate) lines.Remove(node);
            places.Release();
        }
    }

    private async Task EndAsync(StoredBatch batch, bool hasInput)
    {
        var now = book.Find(batch.Id, batch.Account) ?? throw new IOException($"{batch.Id} is gone.");
        var isCancelled = now.State == "cancelling";
        var isOpen = now.State == "validating" || now.Completed + now.Failed < now.Total;
        var isExpired = !isCancelled && isOpen && hasInput;
        if (isExpired) await ExpireAsync(batch).ConfigureAwait(false);
        var said = await output.WriteAsync(batch, isError: false, stop.Token).ConfigureAwait(false);
        var errors = await output.WriteAsync(batch, isError: true, stop.Token).ConfigureAwait(false);
        var state = isCancelled ? "cancelled" : isExpired ? "expired" : isOpen ? "failed" : "completed";
        var faults = state == "failed" ? BatchRoutes.FaultsOf([Gone]) : null;
        book.End(batch.Id, new BatchEnd(state, said, errors, faults), Now);
    }

    /// <summary>Whoever waited should see of every question what became of it.</summary>
    private async Task ExpireAsync(StoredBatch batch)
    {
        var answered = book.Answered(batch.Id);
        if (Open(batch) is not { } file) return;
        await using (file.ConfigureAwait(false))
        {
            var input = new BatchInput(file, batch.Endpoint);
            while (await input.NextAsync(stop.Token).ConfigureAwait(false) is { } question)
                if (!answered.Contains(question.Line))
                    book.Answer(batch.Id, question.Line, true, BatchAsking.Refused(
                        question, "batch_expired", "This question was not asked before the batch expired."));
        }
    }
}
