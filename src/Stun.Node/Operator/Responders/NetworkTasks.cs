using Stun.Chain.Evm;
using Stun.Node.Gateway;
using Stun.Node.Hosting;
using Stun.Node.Storage;

namespace Stun.Node.Operator.Responders;

/// <summary>
/// Tasks that this node orders from its network, in its own name and for its own money. The order is kept before it is
/// sent, so that a node that crashed asks for the same task again and not for another one.
/// </summary>
public sealed class NetworkTasks(
    NodeProcess process, Blobs blobs, ReadModelQueries queries, EvmKey payer, TypedDataDomain domain)
{
    public const string Input = "data";

    /// <summary>Where a container sees its input, and where the shell lies that reads it in.</summary>
    private const string InputPath = "/in/" + Input, Shell = "/.stun/sh";

    /// <summary>
    /// Starts the server, waits until it listens, sends the input and says what it answered. An answer that is no
    /// success fails the run, and so does a server that ends; how long it may take to listen is the run's own limit.
    /// </summary>
    private const string ServerScript = """
        port=$1 path=$2; shift 2; "$@" >&2 & server=$!
        until nc -w 1 127.0.0.1 "$port" </dev/null >/dev/null 2>&1; do
            kill -0 $server 2>/dev/null || { echo 'The server ended before it listened.' >&2; exit 70; }
            sleep 0.05
        done
        exec wget -q -O - --header 'Content-Type: application/json' --post-file INPUT "http://127.0.0.1:$port$path"
        """;

    private const long AnswerBytesMax = 64 << 20;

    /// <summary>Mostly the network tells at once. After a crash of this node only the books know.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(500);

    private readonly StoredResults results = new(blobs);

    private Intake Intake => process.Intake
        ?? throw new InvariantException("containers are offered where there is a gateway");

    /// <summary>A command whose standard input is the task's input. The program's place in the image stays its own.
    /// </summary>
    public static IReadOnlyList<string> WithInput(IEnumerable<string> command) =>
        [Shell, "-c", $"exec \"$@\" <{InputPath}", "sh", .. command];

    /// <summary>A command that is a server: what it answers when it is sent the task's input is what the task says.
    /// </summary>
    public static IReadOnlyList<string> WithServer(ushort port, string path, IEnumerable<string> command) =>
    [
        Shell, "-c", ServerScript.ReplaceLineEndings("\n").Replace("INPUT", InputPath, StringComparison.Ordinal), "sh",
        $"{port}", path, .. command,
    ];

    /// <param name="form">Without inputs.</param>
    /// <returns>What the task wrote to its standard output, verified as the form says.</returns>
    /// <exception cref="RequestRefusedException"><c>operator.task</c></exception>
    public async Task<byte[]> RunAsync(
        TaskForm form, ReadOnlyMemory<byte> data, IWorkMemory memory, CancellationToken cancel)
    {
        try
        {
            SignedOrder order;
            if (memory.Order is { } kept)
            {
                order = ProtocolWire.DecodeSignedOrder(kept.Span);
                // It may have ended while this node was down; its deadline may be over, too.
                if (queries.FindTask(TypedData.TaskIdOf(domain, order.Order)) is { } stored
                    && TryStored(stored) is { } found) return await OutputAsync(found, cancel).ConfigureAwait(false);
            }
            else
            {
                order = await OrderAsync(form, data, memory, cancel).ConfigureAwait(false);
            }
            var follow = await SubmitAsync(order, cancel).ConfigureAwait(false);
            var result = await ResultAsync(follow, memory, cancel).ConfigureAwait(false);
            return await OutputAsync(result, cancel).ConfigureAwait(false);
        }
        catch (ApiException refused)
        {
            throw Refused($"was not taken: {refused.Code}", refused);
        }
        catch (StorageException lost)
        {
            throw Refused("has lost a blob", lost);
        }
    }

    private async Task<SignedOrder> OrderAsync(
        TaskForm form, ReadOnlyMemory<byte> data, IWorkMemory memory, CancellationToken cancel)
    {
        var digest = data.Length <= NodeLimits.SmallBlobMax
            ? await blobs.KeepAsync(data, cancel).ConfigureAwait(false)
            : await KeepFileAsync(data, cancel).ConfigureAwait(false);
        var whole = form with { Inputs = [new InputForm(Input, $"sha256:{digest}", (ulong)data.Length)] };
        var order = Intake.Sign(OrderDesk.Read(whole, payer.Address, Intake.NewKey(), process.Pump.Now));
        await memory.KeepOrderAsync(ProtocolWire.Encode(order), cancel).ConfigureAwait(false);
        return order;
    }

    private async Task<Digest> KeepFileAsync(ReadOnlyMemory<byte> data, CancellationToken cancel)
    {
        using var content = new MemoryStream(data.ToArray(), writable: false);
        return await blobs.Files.PutAsync(content, null, cancel).ConfigureAwait(false);
    }

    private async Task<TaskFollow> SubmitAsync(SignedOrder order, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                return await Intake.SubmitAsync(order, cancel).ConfigureAwait(false);
            }
            catch (Exception busy) when (busy is ApiException { RetryAfter: not null }
                or ApiException { Code: "task.unanswered" } or NodeException { Code: "node.ended" })
            {
                // It has no room just now, or nobody heard it, or it is about to end: then the next life goes on. The
                // same order is the same task, however often it is sent.
                await Task.Delay(BusyPause, cancel).ConfigureAwait(false);
            }
        }
    }

    private async Task<Digest> ResultAsync(TaskFollow follow, IWorkMemory memory, CancellationToken cancel)
    {
        try
        {
            while (!follow.Delivered.IsCompleted)
            {
                await Task.WhenAny(follow.Delivered, Task.Delay(LookEvery, cancel)).ConfigureAwait(false);
                cancel.ThrowIfCancellationRequested();
                if (!follow.Delivered.IsCompleted && queries.FindTask(follow.Task) is { } stored
                    && TryStored(stored) is { } found) return found;
            }
        }
        catch (OperationCanceledException) when (memory.IsCalledOff)
        {
            CallOff(follow);
            throw;
        }
        if (follow.Result is { } ready) return ready.Result;
        if (follow.End is { State: FinalState.Complete, Result.IsZero: false } end) return end.Result;
        throw Refused(follow.End is { } over ? $"has no result: {over.Reason}" : "was refused");
    }

    private static Digest? TryStored(StoredTask stored) => stored.State switch
    {
        "complete" or "pending" or "posting" when stored.Result is { } result => result,
        "failed" or "cancelled" or "refused" => throw Refused($"is {stored.State}: {stored.Reason}"),
        _ => null,
    };

    private void CallOff(TaskFollow follow)
    {
        if (Intake.SignCancel(payer.Address, follow.Task) is not { } signature) return;
        try
        {
            Intake.Cancel(payer.Address, follow.Task, signature);
        }
        catch (ApiException)
        {
            // It runs to its end, then, and is paid: no reason to hold anybody up.
        }
    }

    private async Task<byte[]> OutputAsync(Digest result, CancellationToken cancel)
    {
        var manifest = await results.ManifestAsync(result, cancel).ConfigureAwait(false)
            ?? throw Refused("has a result that is not here any more");
        var said = manifest.Files.FirstOrDefault(file => file.Name == ResultManifest.StandardOutput)
            ?? throw Refused("wrote nothing to its standard output");
        return await blobs.ReadAsync(said.Digest, AnswerBytesMax, cancel).ConfigureAwait(false)
            ?? throw Refused("wrote more than can be passed on");
    }

    private static RequestRefusedException Refused(string what, Exception? inner = null) =>
        new("operator.task", $"The task of this request {what}.", inner);
}
