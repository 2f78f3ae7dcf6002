using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Stun.Execution.Cgroups;
using Stun.Execution.Linux;

namespace Stun.Execution.Containers;

/// <summary>
/// A run that has begun, for whoever wants more of it than its report: connections to its ports, and its end.
/// <para>
/// A container's network is a namespace of its own with a loopback and nothing else, and it stays that way: nothing is
/// opened. A socket belongs to the namespace in which its thread was when it was made; so a thread enters the
/// container's, makes one socket, and ends. It never comes back, so that nothing of ours can be left in there by an
/// error on the way. A socket in a shared directory would do without, but few programs can listen on one.
/// </para>
/// </summary>
public sealed class OpenRun : IDisposable
{
    private const int StackBytes = 128 << 10;

    private readonly ICgroup group;
    private readonly Action finish;
    private readonly Lock gate = new();
    private SafeFileHandle? inside;
    private bool isOver;

    internal OpenRun(ICgroup group, Action finish) => (this.group, this.finish) = (group, finish);

    /// <summary>
    /// Asks the program to end, and makes it end shortly after. What it has made by then is its result, and the run did
    /// not fail.
    /// </summary>
    public void Finish() => finish();

    /// <exception cref="ExecutionException">There is no process in there (yet, or any more).</exception>
    /// <exception cref="SocketException">Nobody listens (yet, or any more).</exception>
    public async Task<NetworkStream> ConnectAsync(ushort port, CancellationToken cancel)
    {
        var socket = NewSocket();
        try
        {
            socket.NoDelay = true;
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancel).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The run is over: the namespace, which a handle keeps alive, is let go.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            isOver = true;
            inside?.Dispose();
            inside = null;
        }
    }

    private Socket NewSocket()
    {
        Socket? made = null;
        Exception? failure = null;
        lock (gate)
        {
            inside ??= isOver ? throw Closed() : Find();
            var space = inside;
            var thread = new Thread(() =>
            {
                try
                {
                    Kernel.EnterNetwork(space);
                    made = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                }
                catch (Exception cause)
                {
                    failure = cause;
                }
            }, StackBytes);
            thread.IsBackground = true;
            thread.Start();
            thread.Join();
        }
        return made ?? throw Closed(failure);
    }

    /// <summary>
    /// A runtime's own process may be in the group before it has left our namespace. What is entered is never ours; and
    /// it is the handle that is looked at, not the number of a process, which may be another's by then.
    /// </summary>
    private SafeFileHandle Find()
    {
        foreach (var process in group.Processes)
        {
            if (Kernel.TryOpenNetwork(process) is not { } found) continue;
            if (group.Processes.Contains(process) && Kernel.IsOtherNetwork(found)) return found;
            found.Dispose();
        }
        throw Closed();
    }

    private static ExecutionException Closed(Exception? cause = null) => new("run.not-inside",
        $"The container has no network to be entered{(cause is null ? "" : ": " + cause.Message)}.",
        "It has not begun yet, or is over; gVisor's containers have none.", cause);
}
