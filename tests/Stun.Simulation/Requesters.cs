namespace Stun.Simulation;

/// <summary>
/// The people with work: they sign orders, hand them to some gateway, ask again until they know the end, and change
/// their
/// minds now and then. Some are short of money, some forge, some use an idempotency key twice.
/// </summary>
public sealed class Requesters(World world, NetworkTerms terms)
{
    private static readonly Duration askAgain = Duration.Seconds(11);

    private readonly SortedDictionary<TaskId, Wish> wishes = [];
    private readonly Prng dice = world.Dice.Fork();
    private Address[] gateways = [];

    private sealed class Wish(SignedOrder order, bool isGenuine)
    {
        public SignedOrder Order => order;
        public bool IsGenuine => isGenuine;
        public bool IsAccepted { get; set; }
        public Message? End { get; set; }
    }

    public bool AllEnded => world.Faults.AreOn || wishes.Values.All(wish => wish.End is not null || !wish.IsGenuine);

    public IEnumerable<string> Open() =>
        wishes.Where(wish => wish.Value.End is null && wish.Value.IsGenuine)
            .Select(wish => $"{wish.Key} has no end for its requester");

    public TaskSpec SpecOf(TaskId task) => wishes[task].Order.Order.Spec;

    public IEnumerable<(Address Requester, Amount Amount)> Deposits()
    {
        for (var index = 0; index < world.Options.RequesterCount; index++)
        {
            // The last of several has money for a few tasks only.
            var isPoor = index > 0 && world.Options.Policies.Count == 0 && index == world.Options.RequesterCount - 1;
            yield return (Keys.AddressOf("req", index), new Amount(isPoor ? 500_000UL : 1_000_000_000_000_000UL));
        }
    }

    public void Start()
    {
        gateways = [.. world.Cast.Gateways.Select(node => node.Address)];
        for (var count = 0; count < world.Options.TaskCount; count++)
        {
            var key = (ulong)count;
            world.At(world.Now + dice.Between(Duration.Seconds(10), world.Options.SafetyPhase), () => Order(key));
        }
    }

    public void Receive(Address requester, Message message)
    {
        switch (message)
        {
            case Message.TaskAccepted accepted when Find(requester, accepted.Task) is { } wish:
                Laws.Require(wish.IsGenuine, "A_forged_order_is_never_taken", $"{accepted.Task} was");
                if (!wish.IsAccepted) world.Tally.TasksAccepted++;
                wish.IsAccepted = true;
                break;
            case Message.TaskRefused refused when Find(requester, refused.Task) is { } wish:
                // An order refused before it was accepted has had no effect: that is its end.
                if (wish.IsAccepted && refused.Reason != Refusal.DeadlinePassed)
                    throw new LawException($"{refused.Task} was accepted and then refused as {refused.Reason}");
                if (wish.End is null && !wish.IsAccepted) world.Tally.TasksRefused++;
                wish.End ??= message;
                break;
            case Message.TaskEnded ended when Find(requester, ended.Task) is { } wish:
                TakeEnd(wish, ended);
                break;
        }
    }

    private void TakeEnd(Wish wish, Message.TaskEnded ended)
    {
        if (wish.End is Message.TaskEnded known && known != ended)
            throw new LawException($"{ended.Task} ended as {known} and then as {ended}");
        if (wish.End is null)
        {
            world.Tally.Count(ended.Reason);
            if (ended.State == FinalState.Complete) world.Tally.Completed++;
            if (ended.State == FinalState.Failed) world.Tally.Failed++;
            if (ended.State == FinalState.Cancelled) world.Tally.Cancelled++;
        }
        // Somebody who has lost the answer asks again when all is long forgotten, and must be told the same.
        if (wish.End is null && dice.Chance(200_000))
            world.At(world.Now + dice.Between(Duration.Seconds(300), Duration.Seconds(1_500)), () => Hand(wish));
        wish.End ??= ended;
    }

    private Wish? Find(Address requester, TaskId task) =>
        wishes.TryGetValue(task, out var wish) && wish.Order.Order.Requester == requester ? wish : null;

    private void Order(ulong key)
    {
        var requester = Keys.AddressOf("req", dice.Below(world.Options.RequesterCount));
        var order = world.Cast.Market.OrderFor(requester, key, dice);
        Submit(order, isGenuine: true);
        if (dice.Chance(20_000)) Submit(order with { IdempotencyKey = key + 1_000_000 }, isGenuine: false);
        // The same key with other content: one of the two is refused.
        if (dice.Chance(20_000)) Submit(order with { PriceLimit = order.PriceLimit + new Amount(1) }, isGenuine: true);
    }

    private void Submit(TaskOrder order, bool isGenuine)
    {
        var digest = TypedData.Digest(terms.Domain, order);
        var signature = world.Keys.Sign(isGenuine ? order.Requester : Keys.AddressOf("forger", 0), digest);
        var task = TypedData.TaskIdOf(terms.Domain, order);
        wishes[task] = new Wish(new SignedOrder(order, signature), isGenuine);
        AskFor(task);
        if (isGenuine && dice.Chance(50_000))
            world.At(world.Now + dice.Between(Duration.Millis(10), Duration.Seconds(60)), () => Cancel(task, order));
    }

    private void AskFor(TaskId task)
    {
        var wish = wishes[task];
        if (wish.End is not null || (!wish.IsGenuine && !world.Faults.AreOn)) return;
        Hand(wish);
        world.At(world.Now + askAgain, () => AskFor(task));
    }

    private void Hand(Wish wish)
    {
        var gateway = gateways[dice.Below(gateways.Length)];
        world.Network.Send(wish.Order.Order.Requester, gateway, new Message.SubmitTask(wish.Order));
    }

    private void Cancel(TaskId task, TaskOrder order)
    {
        var signature = world.Keys.Sign(order.Requester, TypedData.Digest(terms.Domain, task));
        world.Network.Send(order.Requester, gateways[dice.Below(gateways.Length)],
            new Message.CancelTask(task, signature));
    }
}
