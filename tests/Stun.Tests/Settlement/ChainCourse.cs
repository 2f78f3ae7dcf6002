using Stun.Engine.Settlement;
using Stun.Tests.Scenes;

namespace Stun.Tests.Settlement;

/// <summary>
/// A random course of things at a book with a chain: money that comes and goes on both sides, tasks well and badly
/// done, batches voided, a chain that halts, validators that are away, lives that end.
/// </summary>
internal sealed class ChainCourse(ulong seed)
{
    private const int Steps = 120;

    private readonly ChainScene scene = new();
    private readonly Prng prng = new(seed);
    private ulong keys;
    private readonly SortedDictionary<Address, ulong> askedAt = [];
    private ulong nonces;

    public void Run(HashSet<string> seen)
    {
        for (var index = 0; index < 2; index++)
        {
            scene.Chain.Deposit(Scene.Requester(index), new Amount(3_000_000));
            scene.Chain.Stake(Scene.Provider(index), new Amount(9_000_000));
        }
        scene.Exchange();
        for (var step = 0; step < Steps; step++)
        {
            Step();
            scene.Pass(Duration.Seconds(prng.Below(12)));
            foreach (var entry in scene.Book.Machine.Snapshot()) Note(EngineWire.DecodeEscrowEntry(entry), seen);
        }
        scene.IsHalted = false;
        scene.Down.Clear();
        scene.Book.RequireReplayable();
        foreach (var validator in scene.Validators) validator.RequireReplayable();
        // Disputes that nobody brought a second verdict for.
        scene.Pass(Scene.ChainTerms.DisputeTimeout + Duration.Seconds(120));
        scene.Call(Scene.Stranger, new EscrowCall.Settle([.. scene.Escrow.OpenHolds]));
        // What is missing is made good: else what was spent of it would wait for ever.
        foreach (var (account, missing) in scene.Escrow.Ledger.Balances.ToList())
            if (account.Kind == AccountKind.Missing) scene.Chain.Deposit(account.Owner, missing);
        scene.ComeToRest();
        scene.RequireEqual();
    }

    private static void Note(EscrowEntry entry, HashSet<string> seen)
    {
        if (entry is EscrowEntry.ChainRestored or EscrowEntry.LeavingRestored
            or EscrowEntry.EntryRestored or EscrowEntry.BatchRestored) seen.Add(entry.GetType().Name);
    }

    private void Step()
    {
        var requester = Scene.Requester(prng.Below(2));
        var provider = Scene.Provider(prng.Below(2));
        switch (prng.Below(18))
        {
            case 0 or 1 or 2 or 3 or 4: Work(requester); break;
            case 5: scene.Chain.Deposit(requester, new Amount((UInt128)prng.Between(1, 500_000))); break;
            case 6:
                scene.Call(provider, new EscrowCall.Withdraw(++nonces, new Amount((UInt128)prng.Between(1, 3_000))));
                break;
            case 7:
                scene.Chain.AskExit(requester, new Amount((UInt128)prng.Between(0, 400_000)));
                scene.Exchange();
                askedAt[requester] = (ulong)scene.LogOf<EscrowEvent>().Count();
                break;
            case 8: TakeExit(requester); break;
            case 9: scene.Chain.Stake(provider, new Amount((UInt128)prng.Between(1, 100_000))); break;
            case 10: Unstake(provider); break;
            case 11 when scene.Chain.Pending.Count > 0:
                if (prng.Chance(300_000)) scene.Chain.Answer(scene.Chain.Pending.Last());
                else scene.Chain.Void(scene.Chain.Pending.First());
                break;
            case 12: scene.IsHalted = !scene.IsHalted; break;
            case 13:
                scene.Down.Clear();
                scene.Down.Add(prng.Below(5));
                break;
            case 15: Claim(); break;
            case 16: scene.Chain.SlashAlone(provider, new Amount((UInt128)prng.Between(1, 1_000))); break;
            case 14: (prng.Chance(500_000) ? scene.Book : scene.Validators[prng.Below(3)]).RestartFromSnapshot(); break;
            default: (prng.Chance(500_000) ? scene.Book : scene.Validators[prng.Below(3)]).Restart(); break;
        }
    }

    /// <summary>
    /// The delay is over when all that was settled before is on the chain. What the book has released since may still
    /// be on its way: it is set off.
    /// </summary>
    private void TakeExit(Address requester)
    {
        var asked = askedAt.GetValueOrDefault(requester);
        foreach (var entry in scene.Book.Machine.Snapshot())
            if (EngineWire.DecodeEscrowEntry(entry) is EscrowEntry.EntryRestored waits && waits.Place < asked) return;
        scene.Chain.TakeExit(requester);
    }

    /// <summary>Only when all stake of a provider that may be slashed is settled does the chain let it go.</summary>
    private void Unstake(Address provider)
    {
        if (scene.Chain.Unbonding.ContainsKey(provider))
        {
            if (scene.ChainBook.WaitingCount == 0 && !scene.ChainBook.Open.Any()) scene.Chain.FinishUnstake(provider);
        }
        else if (scene.Chain.Stakes.GetValueOrDefault(provider) > new Amount(2_000))
        {
            scene.Chain.BeginUnstake(provider, new Amount((UInt128)prng.Between(1, 2_000)));
        }
    }

    /// <summary>
    /// Somebody claims on the chain what the book has on its way there, as it was judged or otherwise; mostly somebody
    /// sees to it that no batch pays it again.
    /// </summary>
    private void Claim()
    {
        var entries = scene.Book.Machine.Snapshot().Select(entry => EngineWire.DecodeEscrowEntry(entry)).ToList();
        var settled = entries.OfType<EscrowEntry.EntryRestored>()
            .Where(waits => waits is { IsSpent: false, Event: EscrowEvent.TaskSettled }).ToList();
        // What the book has not heard of yet is another's claim.
        if (settled.Count == 0 || scene.IsHalted) return;
        var chosen = settled[prng.Below(settled.Count)];
        var settlement = ((EscrowEvent.TaskSettled)chosen.Event).Settlement;
        var claim = settlement with { Slashings = [] };
        if (prng.Chance(400_000))
        {
            var pay = new Amount((UInt128)prng.Between(0, (long)(ulong)settlement.Held.Units));
            claim = claim with
            {
                Refund = settlement.Held - pay,
                Treasury = Amount.Zero,
                Creator = Amount.Zero,
                Payouts = [new Payout(new AttemptId(1), Scene.Provider(prng.Below(2)), pay)],
            };
        }
        if (!scene.Chain.PayClaim(claim)) return;
        scene.Exchange();
        var batch = entries.OfType<EscrowEntry.BatchRestored>().FirstOrDefault(
            open => open.Phase == BatchPhase.Posted && open.Entries.Contains(chosen.Place));
        if (batch is not null && scene.Chain.Pending.Contains(batch.Number) && prng.Chance(700_000))
            scene.Chain.Void(batch.Number);
        scene.Exchange();
    }

    private void Work(Address requester)
    {
        var order = ChainBookTests.Order(++keys) with
        {
            Requester = requester,
            PriceLimit = new Amount((UInt128)prng.Between(1, 20_000)),
            Creator = prng.Chance(500_000) ? Scene.Creator : Address.Zero,
        };
        if (scene.Escrow.Ledger.BalanceOf(Account.Available(requester)) < order.PriceLimit) return;
        // Some work is wrong. Validators that know it dispute what others, without a run of their own, accept; with
        // one of them away there may be no quorum for anything, which is another test's.
        var isWrong = scene.Down.Count == 0 && prng.Chance(300_000);
        scene.Settle(order, prng.Below(2), isWrong ? 666UL : 5UL, prng.Between(1, 9));
    }
}
