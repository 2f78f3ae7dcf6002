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
    private readonly ConcurrentDictionary<(Address Account, ulong Key), TaskOrder> byKey = new();

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

    /// <summary>The same key with the same content is the same task, although its deadline was reckoned anew.</summary>
    public TaskOrder SameAsBefore(TaskOrder order, Func<TaskOrder?> earlier)
    {
        var known = byKey.GetOrAdd((order.Requester, order.IdempotencyKey), _ => earlier() ?? order);
        if (order with { Deadline = known.Deadline } == known) return known;
        throw new ApiException("idempotency.conflict",
            "This idempotency key belongs to a task with another content.");
    }

    public void ForgetKey(TaskOrder order) => byKey.TryRemove((order.Requester, order.IdempotencyKey), out _);

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
