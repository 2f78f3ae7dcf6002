using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Stun.Chain.Evm;
using Stun.Node.Hosting;

namespace Stun.Node.Gateway;

/// <summary>
/// Hands orders to the gateway's role and waits for its word. Accounts whose keys this node keeps need not sign
/// themselves: their API key speaks for them.
/// </summary>
public sealed class Intake(
    Pump pump, Address gateway, NetworkTerms terms, TaskBoard board, SignatureBook signatures)
{
    private readonly ConcurrentDictionary<Address, EvmKey> wallets = new();
    private readonly RecentTable<(Address Account, ulong Key), TaskOrder> byKey = new(KeysMax);

    /// <summary>Orders remembered by their key, about 1 kB each; the scheduler knows the others.</summary>
    private const int KeysMax = 100_000;

    /// <summary>The scheduler answers within a group commit; only one that is elsewhere, or just taking over, needs
    /// this.</summary>
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    public void AddWallet(EvmKey key) => wallets[key.Address] = key;

    /// <summary>What an idempotency key of the API means to the engine.</summary>
    public static ulong KeyOf(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return BitConverter.ToUInt64(hash);
    }

    public static ulong NewKey() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));

    public SignedOrder Sign(TaskOrder order)
    {
        if (!wallets.TryGetValue(order.Requester, out var wallet))
            throw new ApiException("auth.forbidden",
                $"This node keeps no key of {order.Requester}: sign the order yourself and send it as \"order\".");
        return new SignedOrder(order, signatures.Sign(wallet, TypedData.Digest(terms.Domain, order)));
    }

    public bool HasWallet(Address account) => wallets.ContainsKey(account);

    /// <summary>A cancellation in the name of an account whose key is kept here; null where it is not.</summary>
    public Signature? SignCancel(Address requester, TaskId task) => wallets.TryGetValue(requester, out var wallet)
        ? signatures.Sign(wallet, TypedData.Digest(terms.Domain, task))
        : null;

    public bool IsCancelOf(Address requester, TaskId task, Signature signature) =>
        signatures.Check(requester, TypedData.Digest(terms.Domain, task), signature);

    /// <summary>
    /// The same key with the same content is the same task, although its deadline was reckoned anew. Of tasks that are
    /// not remembered here the scheduler knows the key, and refuses it: see <see cref="SubmitAsync"/>'s caller.
    /// </summary>
    /// <param name="isReckoned">The deadline is not the requester's own word.</param>
    public TaskOrder SameAsBefore(TaskOrder order, bool isReckoned)
    {
        var isNew = byKey.TryAdd((order.Requester, order.IdempotencyKey), order, out var known);
        return isNew ? order : Same(order, known, isReckoned);
    }

    /// <summary>The earlier order, if this one asks for the same.</summary>
    public static TaskOrder Same(TaskOrder order, TaskOrder earlier, bool isReckoned)
    {
        var asked = isReckoned ? order with { Deadline = earlier.Deadline } : order;
        if (asked == earlier) return earlier;
        throw new ApiException("idempotency.conflict",
            "This idempotency key belongs to a task with another content.");
    }

    public void ForgetKey(TaskOrder order) => byKey.TryRemove((order.Requester, order.IdempotencyKey), out _);

    public void Cancel(Address requester, TaskId task, Signature signature)
    {
        if (!pump.TryPost(requester, gateway, new Message.CancelTask(task, signature)))
            throw new ApiException("node.busy", "Its inbox is full.") { RetryAfter = TimeSpan.FromSeconds(1) };
    }

    public async Task<TaskFollow> SubmitAsync(SignedOrder order, CancellationToken cancel)
    {
        if (pump.IsDraining)
            throw new ApiException("node.draining", "It is stopping.") { RetryAfter = TimeSpan.FromSeconds(5) };
        var task = TypedData.TaskIdOf(terms.Domain, order.Order);
        var follow = board.Open(task, order);
        if (!follow.Known.IsCompleted)
        {
            if (!pump.TryPost(order.Order.Requester, gateway, new Message.SubmitTask(order)))
                throw new ApiException("node.busy", "Its inbox is full.") { RetryAfter = TimeSpan.FromSeconds(1) };
            await WithinAsync(follow.Known, AnswerWithin, cancel).ConfigureAwait(false);
        }
        if (!follow.Known.IsCompleted)
            throw new ApiException("task.unanswered", $"Task {task} was handed to the scheduler.");
        if (follow.Refusal is { } refusal)
        {
            board.Forget(task);
            ForgetKey(order.Order);
            throw new ApiException(ErrorBook.CodeOf(refusal), $"Task {task} was not taken: {refusal}.");
        }
        return follow;
    }

    /// <summary>Waits for this long at most.</summary>
    public static async Task WithinAsync(Task awaited, TimeSpan longest, CancellationToken cancel)
    {
        if (awaited.IsCompleted) return;
        try
        {
            await awaited.WaitAsync(longest, cancel).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The caller looks at how it stands.
        }
    }
}
