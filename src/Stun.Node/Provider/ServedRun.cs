using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Stun.Execution;
using Stun.Execution.Containers;
using Stun.Node.Serving;

namespace Stun.Node.Provider;

/// <summary>
/// A replica in a container of this machine: counts what is served, and ends it in time. A replica whose run time is
/// over has done what was ordered, so it is finished a moment before the limit that would make it a failure.
/// </summary>
internal sealed class ServedRun(OpenRun run, ushort port) : IReplicaWay
{
    /// <summary>For the program to end, and for a loaded machine to notice.</summary>
    private static readonly TimeSpan EndsBefore = TimeSpan.FromSeconds(5);

    private long connections, bytesIn, bytesOut;

    /// <summary>Never below half of the run time, which may itself be some seconds.</summary>
    public static TimeSpan FinishAfter(TimeSpan runTimeMax) =>
        runTimeMax > 2 * EndsBefore ? runTimeMax - EndsBefore : runTimeMax / 2;

    public ServedCounts Counts => new(
        Interlocked.Read(ref connections), Interlocked.Read(ref bytesIn), Interlocked.Read(ref bytesOut));

    public async Task<Stream> ConnectAsync(CancellationToken cancel)
    {
        try
        {
            var stream = await run.ConnectAsync(port, cancel).ConfigureAwait(false);
            Interlocked.Increment(ref connections);
            return new CountedStream(stream, this);
        }
        catch (Exception cause) when (cause is SocketException or ExecutionException)
        {
            throw new IOException($"The replica does not answer on port {port}: {cause.Message}", cause);
        }
    }

    public void Finish() => run.Finish();

    private sealed class CountedStream(Stream inner, ServedRun owner) : PassingStream
    {
        public override bool CanWrite => true;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel = default)
        {
            var count = await inner.ReadAsync(buffer, cancel).ConfigureAwait(false);
            Interlocked.Add(ref owner.bytesOut, count);
            return count;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancel = default)
        {
            await inner.WriteAsync(buffer, cancel).ConfigureAwait(false);
            Interlocked.Add(ref owner.bytesIn, buffer.Length);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}

/// <summary>What a replica has served: the content of its result.</summary>
internal sealed record ServedCounts(long Connections, long BytesIn, long BytesOut)
{
    /// <summary>The name of the file in the result of a replica.</summary>
    public const string FileName = "served.json";

    public byte[] Text() => JsonSerializer.SerializeToUtf8Bytes(this, ServedJson.Default.ServedCounts);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ServedCounts))]
internal sealed partial class ServedJson : JsonSerializerContext;
