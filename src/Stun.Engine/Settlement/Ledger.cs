namespace Stun.Engine.Settlement;

/// <summary>What a balance is for. Together with its owner, or its task, it names an account.</summary>
public enum AccountKind : byte
{
    Available,
    Held,
    Stake,
    Unbonding,
    Bond,

    /// <summary>
    /// What the chain has taken from its owner past the book, beyond what was free here. It is no money but the lack of
    /// it: what its owner has spent of it waits until the chain can cover it, and what comes to the owner fills it
    /// first.
    /// </summary>
    Missing,
}

public readonly record struct Account(AccountKind Kind, Address Owner, TaskId Task) : IComparable<Account>
{
    public static Account Available(Address owner) => new(AccountKind.Available, owner, default);
    public static Account Held(TaskId task) => new(AccountKind.Held, default, task);
    public static Account Stake(Address owner) => new(AccountKind.Stake, owner, default);
    public static Account Unbonding(Address owner) => new(AccountKind.Unbonding, owner, default);
    public static Account Bond(TaskId task) => new(AccountKind.Bond, default, task);
    public static Account Missing(Address owner) => new(AccountKind.Missing, owner, default);

    public int CompareTo(Account other)
    {
        var order = Kind.CompareTo(other.Kind);
        if (order == 0) order = Owner.CompareTo(other.Owner);
        return order != 0 ? order : Task.CompareTo(other.Task);
    }
}

/// <summary>
/// Double entry: every movement takes from one account what it gives to another. Money enters and leaves only by
/// <see cref="Deposit"/> and <see cref="Withdraw"/>, so the sum of all balances is known at every moment.
/// </summary>
public sealed class Ledger
{
    private readonly SortedDictionary<Account, Amount> balances = [];
    private readonly SortedSet<Address> lacking = [];

    public Amount Deposited { get; private set; }

    public Amount Withdrawn { get; private set; }

    /// <summary>Every account that is not empty, in order.</summary>
    public IEnumerable<KeyValuePair<Account, Amount>> Balances => balances;

    public Amount BalanceOf(Account account) => balances.GetValueOrDefault(account);

    /// <summary>Takes the sums over from a ledger that has kept them so far; its balances follow.</summary>
    public void Restore(Amount deposited, Amount withdrawn) => (Deposited, Withdrawn) = (deposited, withdrawn);

    public void Restore(Account account, Amount balance)
    {
        balances[account] = balance;
        if (account.Kind == AccountKind.Missing) lacking.Add(account.Owner);
    }

    /// <summary>Who has had more taken than was there, and now has something free again.</summary>
    public IEnumerable<Address> Lacking
    {
        get
        {
            foreach (var owner in new List<Address>(lacking))
                if (!BalanceOf(Account.Available(owner)).IsZero) yield return owner;
        }
    }

    /// <summary>What is free fills what is missing.</summary>
    /// <returns>How much that was.</returns>
    public Amount Fill(Address owner)
    {
        var part = Amount.Min(BalanceOf(Account.Missing(owner)), BalanceOf(Account.Available(owner)));
        Debit(Account.Available(owner), part);
        Debit(Account.Missing(owner), part);
        if (BalanceOf(Account.Missing(owner)).IsZero) lacking.Remove(owner);
        return part;
    }

    public void Deposit(Address owner, Amount amount)
    {
        Deposited += amount;
        Credit(Account.Available(owner), amount);
    }

    public void Withdraw(Address owner, Amount amount)
    {
        Debit(Account.Available(owner), amount);
        Withdrawn += amount;
    }

    /// <summary>What the chain has taken, as far as it is free here; the rest is missing.</summary>
    /// <returns>What was free.</returns>
    public Amount Lose(Address owner, Amount amount)
    {
        var part = Amount.Min(amount, BalanceOf(Account.Available(owner)));
        Debit(Account.Available(owner), part);
        Credit(Account.Missing(owner), amount - part);
        if (part < amount) lacking.Add(owner);
        Withdrawn += amount;
        return part;
    }

    public void Move(Account from, Account to, Amount amount)
    {
        if (amount.IsZero) return;
        Debit(from, amount);
        Credit(to, amount);
    }

    /// <summary>What is in the house equals what came in less what went out, to the last unit.</summary>
    public void RequireConserved()
    {
        var (inside, missing) = (Amount.Zero, Amount.Zero);
        foreach (var (account, balance) in balances)
        {
            if (account.Kind == AccountKind.Missing) missing += balance;
            else inside += balance;
        }
        Invariant.Require(inside + Withdrawn == Deposited + missing, "the ledger conserves money");
    }

    public void DigestState(StateDigest digest)
    {
        digest.Add(Deposited);
        digest.Add(Withdrawn);
        foreach (var (account, balance) in balances)
        {
            digest.Add((ulong)account.Kind);
            digest.Add(account.Owner);
            digest.Add(account.Task);
            digest.Add(balance);
        }
    }

    private void Credit(Account account, Amount amount)
    {
        if (amount.IsZero) return;
        balances[account] = BalanceOf(account) + amount;
    }

    private void Debit(Account account, Amount amount)
    {
        if (amount.IsZero) return;
        var balance = BalanceOf(account);
        Invariant.Require(balance >= amount, "no account is overdrawn");
        if (balance == amount) balances.Remove(account);
        else balances[account] = balance - amount;
    }
}
