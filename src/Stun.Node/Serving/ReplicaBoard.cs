using System.Collections.Concurrent;

namespace Stun.Node.Serving;

/// <summary>How a replica is reached: a container of this process, or one behind a provider's connections.</summary>
public interface IReplicaWay
{
    /// <summary>A new connection to the port on which the replica answers.</summary>
    /// <exception cref="IOException">It cannot be reached now.</exception>
    Task<Stream> ConnectAsync(CancellationToken cancel);

    /// <summary>Asks it to end well: what it served until then is paid.</summary>
    void Finish();
}

/// <summary>
/// The replicas that can be reached from this process. A provider's executor writes its own here, the door those of
/// other processes; the services look them up, and a process that has no services tells its hub of them.
/// </summary>
public sealed class ReplicaBoard
{
    private readonly ConcurrentDictionary<TaskId, IReplicaWay> ways = new();

    /// <summary>Is told of each way that is added, with what ends when it is removed. Must return at once.</summary>
    public Action<TaskId, IReplicaWay, CancellationToken> Added { get; set; } = (_, _, _) => { };

    public IReplicaWay? Find(TaskId task) => ways.GetValueOrDefault(task);

    /// <summary>A later way to the same replica takes the place of an earlier one.</summary>
    public IDisposable Add(TaskId task, IReplicaWay way)
    {
        ways[task] = way;
        var place = new Place(this, task, way);
        Added(task, way, place.Gone);
        return place;
    }

    /// <summary>The process is about to end: what it runs ends well, and others take over.</summary>
    public void FinishAll()
    {
        foreach (var way in ways.Values) way.Finish();
    }

    private sealed class Place : IDisposable
    {
        private readonly ReplicaBoard owner;
        private readonly TaskId task;
        private readonly IReplicaWay way;

        // Never disposed: others may look at it after the end, and it holds nothing.
        private readonly CancellationTokenSource gone = new();

        public Place(ReplicaBoard owner, TaskId task, IReplicaWay way) =>
            (this.owner, this.task, this.way, Gone) = (owner, task, way, gone.Token);

        public CancellationToken Gone { get; }

        public void Dispose()
        {
            owner.ways.TryRemove(KeyValuePair.Create(task, way));
            gone.Cancel();
        }
    }
}
