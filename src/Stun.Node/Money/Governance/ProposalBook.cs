using Stun.Chain;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Deployment;
using Stun.Chain.Evm.Following;
using Stun.Chain.Evm.Reading;
using Stun.Chain.Evm.Rpc;

namespace Stun.Node.Money.Governance;

/// <summary>
/// What owners of the token propose and vote on. The governor's log says what was proposed; how it stands is asked of
/// the contract when somebody wants to know. Votes are cast by wallets, never by a node.
/// </summary>
public sealed class ProposalBook : IAsyncDisposable
{
    /// <summary>Newest ones; a description may be long, and anybody with enough votes writes one.</summary>
    public const int KeptMax = 200;

    private const int TextMax = 20_000;
    private static readonly TimeSpan SameFor = TimeSpan.FromSeconds(2), AgainAfter = TimeSpan.FromSeconds(5);
    private readonly ChainAccess chain;
    private readonly Address governor;
    private readonly Action<Exception> report;
    private readonly CancellationTokenSource stopping = new();
    private readonly SemaphoreSlim oneByOne = new(1);
    private readonly Lock gate = new();
    private readonly List<StunGovernor.Event.ProposalCreated> created = [];
    private (long At, IReadOnlyList<Proposal> Proposals)? last;
    private Task running = Task.CompletedTask;

    private ProposalBook(ChainAccess chain, Address governor, Action<Exception> report) =>
        (this.chain, this.governor, this.report) = (chain, governor, report);

    /// <returns>Null where the network has no governor.</returns>
    public static ProposalBook? Open(ChainAccess chain, Action<Exception> report) =>
        chain.Contracts.Contracts.FirstOrDefault(each => each.Name == ContractNames.Governor) is { } governor
            ? new ProposalBook(chain, governor.Address, report)
            : null;

    /// <param name="firstBlock">Where the contracts' logs begin.</param>
    public void Start(ulong firstBlock) => running = Task.Run(() => FollowAsync(firstBlock));

    /// <summary>Newest first, each as it stands.</summary>
    public async Task<IReadOnlyList<Proposal>> ReadAsync(CancellationToken cancel)
    {
        await oneByOne.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (last is { } known && Environment.TickCount64 - known.At < SameFor.TotalMilliseconds)
                return known.Proposals;
            List<StunGovernor.Event.ProposalCreated> all;
            lock (gate) all = [.. created.AsEnumerable().Reverse()];
            var proposals = await AskAsync(all, cancel).ConfigureAwait(false);
            last = (Environment.TickCount64, proposals);
            return proposals;
        }
        finally
        {
            oneByOne.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
        oneByOne.Dispose();
    }

    private async Task FollowAsync(ulong firstBlock)
    {
        var filter = new LogFilter([governor], [[StunGovernor.Event.ProposalCreated.Topic]]);
        var follower = new LogFollower(
            chain.Rpc, new LogFollowerOptions(filter, chain.Network) { Finality = chain.Finality });
        var cursor = LogCursor.StartAt(firstBlock);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await foreach (var next in follower.ConfirmedAsync(cursor, stopping.Token).ConfigureAwait(false))
                {
                    if (next is FollowedEvent.Seen seen) Keep(seen.Log);
                    cursor = next.Cursor;
                }
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                report(failure);
                await Task.Delay(AgainAfter, stopping.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Keep(EvmLog log)
    {
        if (StunGovernor.Event.TryDecode(log.ToAbi()) is not StunGovernor.Event.ProposalCreated proposal) return;
        lock (gate)
        {
            if (created.Any(each => each.ProposalId == proposal.ProposalId)) return;
            created.Add(proposal);
            if (created.Count > KeptMax) created.RemoveAt(0);
        }
    }

    private async Task<IReadOnlyList<Proposal>> AskAsync(
        List<StunGovernor.Event.ProposalCreated> proposals, CancellationToken cancel)
    {
        const int questions = 4;
        var answers = await new Multicall(chain.Rpc).CallAsync(
            [.. proposals.SelectMany(each => (byte[][])
            [
                StunGovernor.Calls.State(each.ProposalId), StunGovernor.Calls.ProposalVotes(each.ProposalId),
                StunGovernor.Calls.ProposalEta(each.ProposalId), StunGovernor.Calls.Quorum(each.VoteStart),
            ]).Select(call => new CallRequest(governor, call))], default, cancel).ConfigureAwait(false);
        return [.. proposals.Select((each, index) => Read(each, [.. answers.Skip(index * questions).Take(questions)]))];
    }

    private Proposal Read(StunGovernor.Event.ProposalCreated told, MulticallResult[] answers)
    {
        var state = answers[0].Succeeded ? StunGovernor.Answers.State(answers[0].Data.Span) : byte.MaxValue;
        var votes = answers[1].Succeeded ? StunGovernor.Answers.ProposalVotes(answers[1].Data.Span) : default;
        var eta = answers[2].Succeeded ? StunGovernor.Answers.ProposalEta(answers[2].Data.Span) : default;
        // Before the vote begins nobody knows of how many votes it will be a share.
        var quorum = answers[3].Succeeded
            ? StunGovernor.Answers.Quorum(answers[3].Data.Span).ToString() : null;
        var text = told.Description.Length <= TextMax ? told.Description : told.Description[..TextMax];
        var calls = told.Targets.Span.ToArray().Select((target, index) => ProposedCall.Of(
            chain.Contracts, target, told.Values[index], told.Calldatas[index].Span)).ToList();
        return new Proposal(
            told.ProposalId.ToString(), told.Proposer, text, Proposal.NameOf(state), votes.ForVotes.ToString(),
            votes.AgainstVotes.ToString(), votes.AbstainVotes.ToString(), quorum,
            (long)(ulong)told.VoteStart, (long)(ulong)told.VoteEnd, eta.IsZero ? null : (long)(ulong)eta, calls);
    }
}

/// <summary>Something that was proposed, and how it stands.</summary>
/// <param name="StartsAt">Seconds since 1970, as the governor's clock counts.</param>
/// <param name="Eta">From then on it may be carried out; null while it is not queued.</param>
public sealed record Proposal(
    string Id, Address Proposer, string Description, string State, string For, string Against, string Abstain,
    string? Quorum, long StartsAt, long EndsAt, long? Eta, IReadOnlyList<ProposedCall> Calls)
{
    /// <summary>In the order in which the governor numbers them.</summary>
    private static readonly string[] States =
        ["pending", "active", "canceled", "defeated", "succeeded", "queued", "expired", "executed"];

    internal static string NameOf(byte state) => state < States.Length ? States[state] : "unknown";
}
