using Stun.Chain;
using Stun.Node.Money.Governance;

namespace Stun.Node.Gateway;

/// <summary>What owners of the token vote on. Their wallets vote; a node only tells.</summary>
internal sealed class GovernanceRoutes(DoorPlan plan)
{
    public IEnumerable<ApiRoute> All() =>
    [
        new("GET", "/v1/governance/proposals", "listProposals",
            "What was proposed to the governor of the network's contracts, newest first, and how it stands.", ListAsync)
        {
            Parameters = [ApiParameter.Query("state", "string", "Only those in this state.")],
            Answers = [ApiAnswer.Of<ProposalList>(200, "The proposals.")],
            Refusals = ["governance.none", "governance.unreachable", "request.invalid"],
        },
    ];

    private async Task ListAsync(ApiCall call)
    {
        var state = call.Query("state");
        if (plan.Proposals is not { } book)
            throw new ApiException("governance.none", "Nobody votes on this network, as far as this node can tell.");
        try
        {
            var proposals = await book.ReadAsync(call.Cancel).ConfigureAwait(false);
            await call.AnswerAsync(
                new ProposalList([.. proposals.Where(each => state is null || each.State == state)
                    .Select(ProposalView.Of)]),
                ApiJson.Default.ProposalList).ConfigureAwait(false);
        }
        catch (ChainException away)
        {
            plan.Trouble(away);
            throw new ApiException("governance.unreachable", "The chain does not answer just now.")
            {
                RetryAfter = TimeSpan.FromSeconds(5),
            };
        }
    }
}

public sealed record ProposalList(IReadOnlyList<ProposalView> Proposals);

/// <param name="State">pending, active, canceled, defeated, succeeded, queued, expired or executed.</param>
/// <param name="Quorum">So many votes for or abstaining are needed; null before the vote begins.</param>
/// <param name="Eta">From then on it may be carried out; null while it is not queued.</param>
public sealed record ProposalView(
    string Id, string Proposer, string Title, string Description, string State, ProposalVotes Votes, string? Quorum,
    DateTimeOffset StartsAt, DateTimeOffset EndsAt, DateTimeOffset? Eta, IReadOnlyList<ProposedCallView> Calls)
{
    private const int TitleMax = 120;

    /// <summary>Later times than a calendar has are shown as its last second.</summary>
    private const long SecondsMax = 253_402_300_799;

    public static ProposalView Of(Proposal proposal)
    {
        var title = proposal.Description.Split('\n', 2)[0].TrimStart('#', ' ').TrimEnd();
        return new ProposalView(
            proposal.Id, proposal.Proposer.ToString(), title.Length <= TitleMax ? title : title[..TitleMax] + "…",
            proposal.Description, proposal.State,
            new ProposalVotes(proposal.For, proposal.Against, proposal.Abstain), proposal.Quorum,
            Time(proposal.StartsAt), Time(proposal.EndsAt), proposal.Eta is { } eta ? Time(eta) : null,
            [.. proposal.Calls.Select(call => new ProposedCallView(
                call.Target.ToString(), call.Contract, call.Value, call.Function, call.Arguments, call.Data))]);
    }

    private static DateTimeOffset Time(long seconds) =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, 0, SecondsMax));
}

public sealed record ProposalVotes(string For, string Against, string Abstain);

/// <param name="Contract">Its name in the network's address book; null for a stranger.</param>
/// <param name="Value">Of the chain's own coin.</param>
/// <param name="Function">Null where nobody here knows what the data mean.</param>
public sealed record ProposedCallView(
    string Target, string? Contract, string Value, string? Function, IReadOnlyList<string> Arguments, string Data);
