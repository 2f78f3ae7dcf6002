using System.CommandLine;
using Stun.Calls;
using Stun.Node.Gateway;

namespace Stun.Commands;

/// <summary><c>stun account</c> and <c>stun apikey</c>: money at the escrow, and who may speak to a node.</summary>
internal static class AccountCommands
{
    private static readonly Option<string?> Whose = new("--account")
    {
        Description = "Whose; the key's own account if left out.",
        HelpName = "ADDRESS",
    };

    public static Command Account() => Shared.Group("account", "Accounts at the escrow.", Show(), Deposit());

    public static Command ApiKey() => Shared.Group("apikey", "API keys of a node.", Create(), List(), Revoke());

    private static Command Show()
    {
        var address = new Argument<string?>("ADDRESS")
        {
            Description = "The key's own account if left out.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        return Shared.Asking("show", "What the escrow holds for an account.", [address],
            async (parsed, calls, cancel) =>
        {
            var whose = parsed.GetValue(address) ?? await OwnAsync(calls, cancel).ConfigureAwait(false);
            var account = await calls.GetAsync<AccountView>($"/v1/accounts/{Uri.EscapeDataString(whose)}", cancel)
                .ConfigureAwait(false);
            if (Shared.IsJson(parsed))
            {
                Screen.Write(account);
                return Exits.Ok;
            }
            Screen.Line($"account    {account.Address}");
            Screen.Line($"balance    {account.Balance}");
            Screen.Line($"held       {account.Held}");
            Screen.Line($"stake      {account.Stake}");
            if (account.Unbonding != "0") Screen.Line($"unbonding  {account.Unbonding}");
            return Exits.Ok;
        }, "stun account show", "stun account show 0x8ba1f109551bd432803012645ac136ddd64dba72 --json");
    }

    private static Command Deposit()
    {
        var address = new Argument<string>("ADDRESS") { Description = "Whose money it is then." };
        var amount = new Argument<string>("AMOUNT") { Description = "In the smallest unit." };
        return Shared.Asking("deposit", "Puts money in, where the escrow is a role of the node and no contract.",
            [address, amount], async (parsed, calls, cancel) =>
            {
                var done = await calls.PostAsync<DepositView>(
                    $"/v1/accounts/{Uri.EscapeDataString(parsed.GetValue(address)!)}/deposits",
                    new DepositForm(parsed.GetValue(amount)), cancel).ConfigureAwait(false);
                if (Shared.IsJson(parsed)) Screen.Write(done);
                else Screen.Line($"{done.Amount} are on their way to {done.Address}.");
                return Exits.Ok;
            }, "stun account deposit 0x8ba1f109551bd432803012645ac136ddd64dba72 1000000");
    }

    private static Command Create()
    {
        var role = new Option<string?>("--role")
        {
            Description = "requester, provider, auditor, operator or owner; your own if left out.",
        };
        var scopes = new Option<string[]>("--scope")
        {
            Description = "Only this right, such as tasks:read. May be given several times.",
        };
        var days = new Option<int?>("--days") { Description = "It ends after so many days." };
        scopes.CompletionSources.Add([.. RoleTable.ScopeNames]);
        return Shared.Asking("create", "Makes an API key; it is shown this once.", [Whose, role, scopes, days],
            async (parsed, calls, cancel) =>
            {
                var until = parsed.GetValue(days) is { } count ? DateTimeOffset.UtcNow.AddDays(count)
                    : (DateTimeOffset?)null;
                var form = new KeyForm(parsed.GetValue(Whose), parsed.GetValue(role),
                    parsed.GetValue(scopes) is { Length: > 0 } some ? some : null, until);
                var made = await calls.PostAsync<NewKeyView>("/v1/keys", form, cancel).ConfigureAwait(false);
                if (Shared.IsJson(parsed)) Screen.Write(made);
                else Screen.Line(made.Secret);
                return Exits.Ok;
            }, "stun apikey create --role requester --days 30", "stun apikey create --scope tasks:read");
    }

    private static Command List() => Shared.Asking("list", "The API keys of an account.", [Whose],
        async (parsed, calls, cancel) =>
        {
            var list = await calls.GetAsync<KeyList>("/v1/keys" + QueryOf(parsed), cancel).ConfigureAwait(false);
            if (Shared.IsJson(parsed)) Screen.Write(list);
            else
                Screen.Table(["ID", "ROLE", "STATE", "CREATED", "SCOPES"], list.Keys.Select(key => (string[])
                [
                    key.Id, key.Role, key.RevokedAt is not null ? "revoked" : key.ExpiresAt < DateTimeOffset.UtcNow
                        ? "expired" : "open",
                    $"{key.CreatedAt:u}", string.Join(' ', key.Scopes),
                ]));
            return Exits.Ok;
        }, "stun apikey list");

    private static Command Revoke()
    {
        var id = new Argument<string>("ID") { Description = "The key's public part, as the list shows it." };
        return Shared.Asking("revoke", "Ends an API key at once.", [id, Whose], async (parsed, calls, cancel) =>
        {
            await calls.DeleteAsync($"/v1/keys/{Uri.EscapeDataString(parsed.GetValue(id)!)}{QueryOf(parsed)}", cancel)
                .ConfigureAwait(false);
            if (Shared.IsJson(parsed)) Screen.Write(new { Revoked = parsed.GetValue(id) });
            else Screen.Line($"The key {parsed.GetValue(id)} opens nothing any more.");
            return Exits.Ok;
        }, "stun apikey revoke 0123456789abcdef");
    }

    private static string QueryOf(ParseResult parsed) =>
        parsed.GetValue(Whose) is { } account ? $"?account={Uri.EscapeDataString(account)}" : "";

    /// <summary>A key does not say whose it is; the list of its account's keys does.</summary>
    private static async Task<string> OwnAsync(NodeCalls calls, CancellationToken cancel)
    {
        var list = await calls.GetAsync<KeyList>("/v1/keys", cancel).ConfigureAwait(false);
        return list.Keys.Count > 0 ? list.Keys[0].Account : throw CommandException.Usage(
            "This key belongs to an account that has no keys of its own.", "Name the account.");
    }
}
