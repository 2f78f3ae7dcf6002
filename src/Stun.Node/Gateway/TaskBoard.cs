namespace Stun.Node.Gateway;

/// <summary>
/// What the gateway's role was told of tasks lately: whoever waits for one is told at once, and whoever asks right
/// after handing it in finds it, before the read model has it.
/// </summary>
public sealed class TaskBoard
{
    /// <summary>
    /// Each holds its order, some kilobytes and 256 KiB at most. Older ones are in the read model.
    /// </summary>
    private const int FollowedMax = 20_000;

    private readonly RecentTable<TaskId, TaskFollow> follows = new(FollowedMax);

    public TaskFollow Open(TaskId task, SignedOrder order)
    {
        if (follows.TryGet(task, out var known)) return known;
        follows.TryAdd(task, new TaskFollow(task, order), out var open);
        return open;
    }

    public TaskFollow? Find(TaskId task) => follows.TryGet(task, out var follow) ? follow : null;

    /// <summary>A refused order leaves nothing behind: it may be mended and handed in again.</summary>
    public void Forget(TaskId task) => follows.TryRemove(task, out _);

    /// <summary>A word of the gateway's machine for a requester.</summary>
    public void Tell(Message message)
    {
        var task = message switch
        {
            Message.TaskAccepted accepted => accepted.Task,
            Message.TaskRefused refused => refused.Task,
            Message.ResultReady ready => ready.Task,
            Message.TaskEnded ended => ended.Task,
            _ => default,
        };
        if (follows.TryGet(task, out var follow)) follow.Tell(message);
    }
}

/// <summary>One task as its requester is told of it.</summary>
public sealed class TaskFollow(TaskId task, SignedOrder order)
{
    private readonly TaskCompletionSource known = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource delivered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskId Task => task;

    public SignedOrder Order => order;

    public bool IsAccepted { get; private set; }

    public Refusal? Refusal { get; private set; }

    public Message.ResultReady? Result { get; private set; }

    public Message.TaskEnded? End { get; private set; }

    /// <summary>Taken or refused.</summary>
    public Task Known => known.Task;

    /// <summary>There is a verified result, or there will be none.</summary>
    public Task Delivered => delivered.Task;

    /// <summary>Paid or refunded: nothing will change any more.</summary>
    public Task Ended => ended.Task;

    public void Tell(Message message)
    {
        switch (message)
        {
            case Message.TaskAccepted: IsAccepted = true; break;
            case Message.TaskRefused refused: Refusal = refused.Reason; break;
            case Message.ResultReady ready: (IsAccepted, Result) = (true, ready); break;
            case Message.TaskEnded end: (IsAccepted, End) = (true, end); break;
        }
        known.TrySetResult();
        if (Refusal is not null || Result is not null || End is not null) delivered.TrySetResult();
        if (Refusal is not null || End is not null) ended.TrySetResult();
    }
}
