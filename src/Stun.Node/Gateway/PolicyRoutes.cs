using System.Text;
using Stun.Node.Policies;
using Stun.Node.Settings;
using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>Reads a policy that somebody is still writing, and tries it on orders.</summary>
internal sealed class PolicyRoutes(DoorPlan plan, ModelDesk models)
{
    private const int TextBytesMax = 64 << 10, TasksMax = 20, RecentMax = 50;
    private readonly ReadModelQueries queries = new(plan.Database);

    /// <summary>One at a time: patterns of a stranger are compiled and tried on many orders.</summary>
    private int checking;

    public IEnumerable<ApiRoute> All() =>
    [
        new("POST", "/v1/policies/check", "checkPolicy",
            "Reads a policy and says what is wrong with it, line by line; a good one is asked about the tasks that are "
            + "given, and about recent ones that the caller may see. Nothing is kept.", CheckAsync)
        {
            Right = Right.MarketRead,
            Body = typeof(PolicyForm),
            Answers = [ApiAnswer.Of<PolicyCheckView>(200, "What it says, or what is wrong with it.")],
            Refusals =
            [
                "request.invalid", "node.busy", "model.unknown", "model.other-creator", "model.not-run",
                "model.not-served",
            ],
        },
    ];

    private async Task CheckAsync(ApiCall call)
    {
        var form = await JsonBody.ReadAsync(call.Request, ApiJson.Default.PolicyForm, plan.Settings.BodyWithin)
            .ConfigureAwait(false);
        if (form.Text is not { } text || Encoding.UTF8.GetByteCount(text) > TextBytesMax)
            throw ApiCall.Bad("text", $"must be a policy of at most {TextBytesMax} bytes");
        if (form.Kind is not (null or "provider" or "requester"))
            throw ApiCall.Bad("kind", "must be one of provider, requester");
        if (form.Tasks is { Count: > TasksMax }) throw ApiCall.Bad("tasks", $"has more than {TasksMax} entries");
        if (form.Recent is < 0 or > RecentMax) throw ApiCall.Bad("recent", $"must be 0 to {RecentMax}");
        var orders = await OrdersAsync(call, form).ConfigureAwait(false);
        if (Interlocked.CompareExchange(ref checking, 1, 0) != 0)
            throw new ApiException("node.busy", "Another policy is being tried.")
            {
                RetryAfter = TimeSpan.FromSeconds(1),
            };
        PolicyCheckView view;
        try
        {
            view = Check(form, text, orders);
        }
        finally
        {
            Volatile.Write(ref checking, 0);
        }
        await call.AnswerAsync(view, ApiJson.Default.PolicyCheckView).ConfigureAwait(false);
    }

    private async Task<List<(string? Task, TaskOrder Order)>> OrdersAsync(ApiCall call, PolicyForm form)
    {
        List<(string?, TaskOrder)> orders = [];
        var now = plan.Process.Pump.Now;
        foreach (var task in form.Tasks ?? [])
        {
            if (task is null || task.Order is not null)
                throw ApiCall.Bad($"tasks[{orders.Count}]", "must be a form of a task, not an order");
            var order = OrderDesk.Read(task, call.Who.Account, 0, now);
            orders.Add((null, await models.CompleteAsync(order, task, call.Cancel).ConfigureAwait(false)));
        }
        if (form.Recent is not > 0) return orders;
        var whose = call.Who.SeesAll ? (Address?)null : call.Who.Account;
        foreach (var task in queries.ListTasks(new TaskFilter(whose, Limit: form.Recent.Value)).Items)
            orders.Add((task.Id.ToString(), task.Order.Order));
        return orders;
    }

    private PolicyCheckView Check(PolicyForm form, string text, List<(string? Task, TaskOrder Order)> orders)
    {
        try
        {
            if (form.Kind == "requester")
            {
                var requester = RequesterPolicyFile.Parse(text, "policy");
                return new PolicyCheckView(true, [], null, null, [.. orders.Select(each => Try(requester, each))]);
            }
            var provider = ProviderPolicy.Parse(text, "policy");
            return new PolicyCheckView(true, [], provider.Canonical, "sha256:" + provider.Digest,
                [.. orders.Select(each => Try(provider, each))]);
        }
        catch (NodeException wrong) when (wrong.Code == "policy.invalid")
        {
            return new PolicyCheckView(false, [.. wrong.Faults.Select(PolicyFaultView.Of)], null, null, []);
        }
    }

    private PolicyTrialView Try(ProviderPolicy policy, (string? Task, TaskOrder Order) tried)
    {
        var answers = PolicyTrial.Ask(policy, tried.Order, null, plan.Process.Pump.Now);
        return new PolicyTrialView(tried.Task, answers.All(answer => answer.IsKept),
            [.. answers.Select(answer => new RuleView(answer.Rule, answer.IsKept, answer.Why))]);
    }

    private static PolicyTrialView Try(RequesterPolicyFile policy, (string? Task, TaskOrder Order) tried) =>
        policy.ApplyTo(tried.Order) is PolicyApplication.Conflicting { Conflicts: var conflicts }
            ? new PolicyTrialView(tried.Task, false,
                [.. conflicts.Span.ToArray().Select(why => new RuleView("conflict", false, why))])
            : new PolicyTrialView(tried.Task, true, []);
}

/// <param name="Kind">provider or requester; provider if left out.</param>
/// <param name="Text">The policy, as its file is written.</param>
/// <param name="Tasks">To be asked about, as they are handed in.</param>
/// <param name="Recent">So many of the newest tasks that the caller sees are asked about, too.</param>
public sealed record PolicyForm(string? Kind, string? Text, IReadOnlyList<TaskForm>? Tasks, int? Recent);

/// <param name="Canonical">One text for one policy; null for a requester's, which has none.</param>
/// <param name="Digest">What an offer says of it.</param>
public sealed record PolicyCheckView(
    bool Valid, IReadOnlyList<PolicyFaultView> Faults, string? Canonical, string? Digest,
    IReadOnlyList<PolicyTrialView> Results);

/// <param name="Line">From 1; null where no place in the text is meant.</param>
/// <param name="Key">Which setting; empty where none in particular is meant.</param>
public sealed record PolicyFaultView(int? Line, int? Column, string Key, string Message)
{
    public static PolicyFaultView Of(Fault fault) => fault.Origin is Origin.File { Line: > 0 } place
        ? new PolicyFaultView(place.Line, place.Column, fault.Key, fault.Message)
        : new PolicyFaultView(null, null, fault.Key, fault.Message);
}

/// <param name="Task">Null for a task that was given.</param>
public sealed record PolicyTrialView(string? Task, bool Allowed, IReadOnlyList<RuleView> Rules);

public sealed record RuleView(string Rule, bool Kept, string Why);
