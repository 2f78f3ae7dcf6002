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
    private static readonly TimeSpan RoomEvery = TimeSpan.FromMilliseconds(50);

    private readonly DoorPlan plan;
    private readonly BatchBook book;
    private readonly FileBook files;
    private readonly ModelMeter meter;
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
            catch (Exception failure) when (failure is System.Data.Common.DbException or IOException)
            {
                // The database or the disk is away: it is looked at again.
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
            if (batch.State == "validating" && !await CheckAsync(batch, work.Token).ConfigureAwait(false)) return;
            var left = (batch.ExpiresAt.Micros - Now.Micros) / 1_000;
            work.CancelAfter((int)Math.Clamp(left, 0, int.MaxValue));
            if (book.StateOf(batch.Id) == "in_progress")
                await AskAllAsync(batch, work.Token).ConfigureAwait(false);
            if (!stop.IsCancellationRequested) await EndAsync(batch).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The next life goes on.
        }
        catch (Exception failure) when (failure is not InvariantException)
        {
            // A database or a disk that is away: it goes on from what is written, a little later.
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
        IReadOnlyList<BatchFault> faults = [new BatchFault(null, "input_file_id", "The file is gone.")];
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

    private async Task AskAllAsync(StoredBatch batch, CancellationToken cancel)
    {
        var answered = book.Answered(batch.Id);
        var role = Enum.TryParse<ApiRole>(batch.Role, out var known) ? known : ApiRole.Requester;
        var who = new ApiPrincipal(batch.KeyId, batch.Account, role);
        var file = Open(batch) ?? throw new IOException("The input is gone.");
        List<Task> under = [];
        await using (file.ConfigureAwait(false))
        {
            var input = new BatchInput(file, batch.Endpoint);
            try
            {
                while (await input.NextAsync(cancel).ConfigureAwait(false) is { } question)
                {
                    if (answered.Contains(question.Line)) continue;
                    await places.WaitAsync(cancel).ConfigureAwait(false);
                    under.RemoveAll(each => each.IsCompletedSuccessfully);
                    under.Add(Task.Run(() => AskAsync(batch, question, who, cancel), CancellationToken.None));
                }
            }
            catch (OperationCanceledException)
            {
                // Cancelled, expired, or the node stops: the caller looks which.
            }
            await Task.WhenAll(under).ConfigureAwait(false);
        }
    }

    private async Task AskAsync(
        StoredBatch batch, BatchQuestion question, ApiPrincipal who, CancellationToken cancel)
    {
        try
        {
            BatchAnswer? answer = null;
            while (answer is null) answer = await TryAskAsync(batch, question, who, cancel).ConfigureAwait(false);
            book.Answer(batch.Id, question.Line, answer.IsError, answer.Line);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // It stays unanswered.
        }
        finally
        {
            places.Release();
        }
    }

    /// <returns>Null where it gave its place to somebody else.</returns>
    private async Task<BatchAnswer?> TryAskAsync(
        StoredBatch batch, BatchQuestion question, ApiPrincipal who, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        IModelRoute route;
        string model;
        try
        {
            model = Question.Read(question.Body, QuestionKind.All.First(each => each.Path == batch.Endpoint)).Model;
            route = QuestionDesk.Find(plan.Models, model, batch.Account);
        }
        catch (ApiException refused)
        {
            return BatchAsking.Told(question, refused);
        }
        catch (System.Text.Json.JsonException wrong)
        {
            return BatchAsking.Told(question, new ApiException("request.malformed", wrong.Message));
        }
        while (route.Room == 0) await Task.Delay(RoomEvery, cancel).ConfigureAwait(false);
        using var line = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        LinkedListNode<(string, CancellationTokenSource)> node;
        lock (gate) node = lines.AddLast((model, line));
        try
        {
            return await new BatchAsking(meter, batch, route, who).AskAsync(question, line.Token)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            lock (gate) lines.Remove(node);
        }
    }

    private async Task EndAsync(StoredBatch batch)
    {
        var isCancelled = book.StateOf(batch.Id) == "cancelling";
        var isExpired = !isCancelled && Now >= batch.ExpiresAt;
        if (isExpired) await ExpireAsync(batch).ConfigureAwait(false);
        var output = await WriteAsync(batch, isError: false).ConfigureAwait(false);
        var errors = await WriteAsync(batch, isError: true).ConfigureAwait(false);
        book.End(batch.Id, isCancelled ? "cancelled" : isExpired ? "expired" : "completed", output, errors, Now);
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

    /// <returns>The id of the file; null where there is nothing to write.</returns>
    private async Task<string?> WriteAsync(StoredBatch batch, bool isError)
    {
        const int Page = 500;
        var path = Path.GetTempFileName();
        var scratch = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose,
        });
        await using (scratch.ConfigureAwait(false))
        {
            var after = 0L;
            while (book.Lines(batch.Id, isError, after, Page) is { Count: > 0 } page)
                foreach (var (line, said) in page)
                {
                    await scratch.WriteAsync(said, stop.Token).ConfigureAwait(false);
                    scratch.WriteByte((byte)'\n');
                    after = line;
                }
            if (scratch.Length == 0) return null;
            scratch.Position = 0;
            var digest = await plan.Blobs.Files.PutAsync(scratch, null, stop.Token).ConfigureAwait(false);
            var name = $"{batch.Id}_{(isError ? "error" : "output")}.jsonl";
            var file = new StoredFile(
                FileRoutes.NewId("file-"), batch.Account, name, "batch_output", scratch.Length, digest, Now, null);
            files.Add(file);
            return file.Id;
        }
    }
}
