using System.Globalization;
using System.Threading.Channels;

namespace Stun.Node.Telemetry;

/// <summary>
/// Brings the lines of a log out without holding up who writes them: a pipe that nobody reads must not stop a node.
/// Lines for which there is no room are counted, and the count is told when there is.
/// </summary>
public sealed class LogOutlet : IAsyncDisposable
{
    /// <summary>Some seconds of a busy node, 2 MB.</summary>
    private const int LinesMax = 10_000;

    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(2);

    private readonly Channel<byte[]> lines = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(LinesMax) { SingleReader = true });

    private readonly Stream output;
    private readonly TimeProvider clock;
    private Task? writing;
    private long lost;

    public LogOutlet(Stream output, TimeProvider clock)
    {
        (this.output, this.clock) = (output, clock);
        Lines = new Entry(this);
    }

    /// <summary>Each write is one line.</summary>
    public Stream Lines { get; }

    /// <summary>Until then lines wait: something else has to be written first.</summary>
    public void Start() => writing ??= Task.Factory.StartNew(
        // Of its own: a stream that blocks takes no thread from others.
        Write, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>What is there is still written, as far as anybody takes it.</summary>
    public async ValueTask DisposeAsync()
    {
        Start();
        lines.Writer.TryComplete();
        await Task.WhenAny(writing!, Task.Delay(EndsWithin)).ConfigureAwait(false);
        Lines.Dispose();
    }

    private void Write()
    {
        try
        {
            while (lines.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                while (lines.Reader.TryRead(out var line))
                {
                    output.Write(line);
                    if (Interlocked.Exchange(ref lost, 0) is > 0 and var count) output.Write(Lost(count));
                }
                output.Flush();
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // Whoever read the lines is gone; the node is not.
            lines.Writer.TryComplete();
        }
    }

    private byte[] Lost(long count)
    {
        using var line = new MemoryStream();
        new NodeLog(line, LogLevel.Warning, clock).Write(LogLevel.Warning, "log.lost",
            string.Create(CultureInfo.InvariantCulture, $"{count} lines are left out: nobody took them in time."));
        return line.ToArray();
    }

    private sealed class Entry(LogOutlet outlet) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (!outlet.lines.Writer.TryWrite(buffer.ToArray())) Interlocked.Increment(ref outlet.lost);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
