namespace Stun.Execution.Containers;

/// <summary>
/// Carries what a program writes to the sink, and cuts it at the limit. A thread for each stream: a read from a pipe
/// blocks, and the pool's threads are too few to be given to strangers' programs.
/// </summary>
internal sealed class LogPump(LogSink sink, long bytesMax, Action<RunEnd> kill)
{
    private const int BufferBytes = 32 << 10;

    private readonly Lock gate = new();
    private long kept;
    private bool broken;

    /// <summary>Of what was passed on.</summary>
    public long Bytes => Interlocked.Read(ref kept);

    public Task PumpAsync(Stream source, LogStream stream)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Pump(source, stream, done)) { IsBackground = true, Name = "log" }.Start();
        return done.Task;
    }

    private void Pump(Stream source, LogStream stream, TaskCompletionSource done)
    {
        try
        {
            var buffer = new byte[BufferBytes];
            int count;
            // What comes after the limit is read and dropped: a program that blocks on a full pipe cannot be told
            // from one that works.
            while ((count = source.Read(buffer)) > 0) Pass(stream, buffer.AsMemory(0, count));
            done.SetResult();
        }
        catch (Exception failure)
        {
            done.SetException(failure);
        }
    }

    private void Pass(LogStream stream, Memory<byte> bytes)
    {
        lock (gate)
        {
            if (broken) return;
            var room = bytesMax - kept;
            var flood = bytes.Length > room;
            if (flood) bytes = bytes[..(int)room];
            if (bytes.Length > 0) Deliver(stream, bytes);
            kept += bytes.Length;
            if (flood) kill(new RunEnd.LogFlood());
        }
    }

    /// <summary>A sink that fails shall not leave the program before a full pipe until its wall clock.</summary>
    private void Deliver(LogStream stream, Memory<byte> bytes)
    {
        try
        {
            sink(stream, bytes);
        }
        catch (Exception failure)
        {
            broken = true;
            kill(new RunEnd.RuntimeFailed($"The log could not be kept: {failure.Message}"));
        }
    }
}
