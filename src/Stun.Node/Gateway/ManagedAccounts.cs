using Stun.Chain.Evm;
using Stun.Node.Keys;

namespace Stun.Node.Gateway;

/// <summary>Accounts whose keys this node keeps, encrypted: who has an API key for one need not sign.</summary>
public sealed class ManagedAccounts
{
    private const string Prefix = "account-";
    private readonly Keystore? store;
    private readonly Password? password;
    private readonly Intake intake;
    private readonly Lock gate = new();

    /// <param name="store">Without one, or without a password, no accounts can be made: their money would be lost with
    /// the process.</param>
    public ManagedAccounts(Keystore? store, Password? password, Intake intake)
    {
        (this.store, this.password, this.intake) = (store, password, intake);
        if (store is null || password is null) return;
        foreach (var entry in store.List())
            if (entry.Name.StartsWith(Prefix, StringComparison.Ordinal)) intake.AddWallet(store.Open(entry.Name, password));
    }

    /// <summary>Returns when the key is on the disk.</summary>
    public Address Create()
    {
        if (store is null || password is null)
            throw new ApiException("account.no-keystore", "This node has no password for the keys of accounts.");
        // One at a time: to encrypt a key takes a second and a quarter of a gigabyte, so that guessing does too.
        lock (gate)
        {
            var name = Prefix + Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8));
            var address = store.Create(name, password);
            intake.AddWallet(store.Open(name, password));
            return address;
        }
    }
}
