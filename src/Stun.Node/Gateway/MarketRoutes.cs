using Stun.Node.Hosting;
using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>Offers, accounts, what was used, and what the network is.</summary>
internal sealed class MarketRoutes(DoorPlan plan, KeyBook keys, AuditLog audit)
{
    private static readonly ApiParameter Address = ApiParameter.Path("address", "0x and 40 hexadecimal digits.");
    private static readonly Duration UsageUsual = Duration.Seconds(30 * 86_400);
    private readonly ReadModelQueries queries = new(plan.Database);

    public IEnumerable<ApiRoute> All() =>
    [
        new("GET", "/v1/network", "getNetwork", "What everybody in this network agrees on.", NetworkAsync)
        {
            Answers = [ApiAnswer.Of<NetworkView>(200, "Terms and addresses.")],
        },
        new("GET", "/v1/offers", "listOffers", "What providers have on offer, cheapest first.", OffersAsync)
        {
            Right = Right.MarketRead,
            Parameters =
            [
                ApiParameter.Query("provider", "string", "Only this provider's."),
                ApiParameter.Query("region", "string", "Only in this region."),
                ApiParameter.Query("gpu_model", "string", "Only with this GPU."),
                ApiParameter.Query("limit", "integer", "At most so many (1 to 200)."),
                ApiParameter.Query("cursor", "string", "From where the last page ended."),
            ],
            Answers = [ApiAnswer.Of<OfferPage>(200, "A page of offers.")],
            Refusals = ["request.invalid"],
        },
        new("POST", "/v1/accounts", "createAccount",
            "Makes an account whose key this node keeps, with an API key for it.",
            CreateAsync)
        {
            Right = Right.AccountsCreate,
            Body = typeof(AccountForm),
            Answers = [ApiAnswer.Of<NewAccountView>(201, "It is there; its key is shown this once.")],
            Refusals = ["account.no-keystore", "request.invalid"],
        },
        new("GET", "/v1/accounts/{address}", "getAccount", "What the escrow holds for an account.", AccountAsync)
        {
            Right = Right.AccountsRead,
            Parameters = [Address],
            Answers = [ApiAnswer.Of<AccountView>(200, "Its balances.")],
            Refusals = ["account.unknown", "request.invalid"],
        },
        new("POST", "/v1/accounts/{address}/deposits", "deposit",
            "Puts money in, where the escrow is a role of this node and no contract.", DepositAsync)
        {
            Right = Right.AccountsDeposit,
            Parameters = [Address],
            Body = typeof(DepositForm),
            Answers = [ApiAnswer.Of<DepositView>(202, "It is on its way to the escrow.")],
            Refusals = ["escrow.elsewhere", "escrow.on-chain", "request.invalid"],
        },
        new("GET", "/v1/accounts/{address}/usage", "getUsage", "What an account has run and paid.", UsageAsync)
        {
            Right = Right.AccountsRead,
            Parameters =
            [
                Address, ApiParameter.Query("since", "string", "Tasks handed in from then on; 30 days if left out."),
                ApiParameter.Query("until", "string", "Tasks handed in before then; now if left out."),
            ],
            Answers = [ApiAnswer.Of<UsageView>(200, "Tasks by state, seconds, and what was paid.")],
            Refusals = ["account.unknown", "request.invalid"],
        },
    ];

    private Task NetworkAsync(ApiCall call)
    {
        var terms = plan.Terms;
        return call.AnswerAsync(
            new NetworkView(
                plan.Settings.Version, ProofTermsView.Of(ProofTerms.Of(terms)), plan.Gateway.ToString(),
                plan.Scheduler.ToString(), terms.Treasury.ToString(), terms.TreasuryPpm, terms.CreatorPpm,
                terms.DisputeWindow.Micros, terms.DisputeBond.ToString(), terms.SlashMultiple,
                terms.OfferStakeMin.ToString(), terms.AuditFloorPpm, terms.ValidatorsRerun)
            {
                Chain = plan.Chain,
            },
            ApiJson.Default.NetworkView);
    }

    private Task OffersAsync(ApiCall call)
    {
        var page = queries.ListOffers(new OfferFilter(
            call.AddressOf("provider"), call.Query("region"), call.Query("gpu_model"), call.Query("cursor"),
            (int)call.Number("limit", 50, 1, ReadModelQueries.LimitMax)));
        return call.AnswerAsync(
            new OfferPage([.. page.Items.Select(OfferView.Of)], page.Cursor), ApiJson.Default.OfferPage);
    }

    private async Task CreateAsync(ApiCall call)
    {
        var form = await JsonBody.ReadAsync(call.Request, ApiJson.Default.AccountForm, plan.Settings.BodyWithin)
            .ConfigureAwait(false);
        if (form.Name is not { Length: >= 1 and <= 100 } name || name.Any(char.IsControl))
            throw ApiCall.Bad("name", "must have 1 to 100 characters, none of them a control");
        var address = await Task.Run(plan.Accounts.Create).ConfigureAwait(false);
        var now = plan.Process.Pump.Now;
        keys.AddPrincipal(address, name, now);
        var (key, secret) = keys.Issue(address, "requester", [], now, null);
        Note(call, "account.create", address.ToString(), name);
        await call.AnswerAsync(
            new NewAccountView(address.ToString(), name, KeyView.Of(key), secret), ApiJson.Default.NewAccountView, 201)
            .ConfigureAwait(false);
    }

    private Task AccountAsync(ApiCall call)
    {
        var address = Visible(call);
        var isManaged = plan.Intake.HasWallet(address);
        var account = queries.Account(address) ?? (isManaged
            ? new StoredAccount(address, Amount.Zero, Amount.Zero, Amount.Zero, Amount.Zero)
            : throw new ApiException("account.unknown", $"Nothing was ever booked for {address}."));
        return call.AnswerAsync(
            new AccountView(
                address.ToString(), account.Balance.ToString(), account.Held.ToString(), account.Stake.ToString(),
                account.Unbonding.ToString(), isManaged),
            ApiJson.Default.AccountView);
    }

    private async Task DepositAsync(ApiCall call)
    {
        var form = await JsonBody.ReadAsync(call.Request, ApiJson.Default.DepositForm, plan.Settings.BodyWithin)
            .ConfigureAwait(false);
        var address = call.AddressPart("address");
        var reader = new FormReader();
        var amount = reader.Amount("amount", form.Amount);
        if (amount.IsZero && reader.Faults.Count == 0) reader.Refuse("amount", "is zero");
        reader.ThrowIfRefused();
        try
        {
            plan.Process.CallEscrow(address, new EscrowCall.Deposit(plan.Process.NextNonce(), amount));
        }
        catch (NodeException elsewhere) when (elsewhere.Code == "escrow.elsewhere")
        {
            throw new ApiException("escrow.elsewhere", "This process does not hold the escrow.");
        }
        catch (NodeException onChain) when (onChain.Code == "escrow.on-chain")
        {
            throw new ApiException("escrow.on-chain", "It is not made in the book.");
        }
        await plan.Process.Pump.SettleAsync().ConfigureAwait(false);
        Note(call, "account.deposit", address.ToString(), amount.ToString());
        await call.AnswerAsync(new DepositView(address.ToString(), amount.ToString()), ApiJson.Default.DepositView, 202)
            .ConfigureAwait(false);
    }

    private Task UsageAsync(ApiCall call)
    {
        var address = Visible(call);
        var until = call.Time("until") ?? plan.Process.Pump.Now;
        var since = call.Time("since") ?? new Instant(until.Micros - UsageUsual.Micros);
        if (since > until) throw ApiCall.Bad("since", "is later than until");
        var sum = queries.Usage(address, since, until);
        return call.AnswerAsync(
            new UsageView(
                address.ToString(), WallTime.Time(since), WallTime.Time(until), sum.TasksByState, sum.Seconds,
                sum.Paid.ToString()),
            ApiJson.Default.UsageView);
    }

    private static Address Visible(ApiCall call)
    {
        var address = call.AddressPart("address");
        return call.Who.Sees(address)
            ? address
            : throw new ApiException("account.unknown", "This key sees only its own account.");
    }

    private void Note(ApiCall call, string action, string about, string detail) => audit.Append(new AuditNote(
        plan.Process.Pump.Now, $"{call.Who.Account} {call.Who.KeyId}", action, about, "done", detail));
}
