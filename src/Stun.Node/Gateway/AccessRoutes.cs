using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>Keys, signing in with a wallet, and the audit log.</summary>
internal sealed class AccessRoutes(DoorPlan plan, KeyBook keys, AuditLog audit)
{
    private const int ScopesMax = 32;

    private readonly WalletSignIn signIn = new(plan.Doorkeeper, keys, plan.Settings, plan.Terms, plan.Clock)
    {
        RoleOf = plan.RoleOf,
    };

    public IEnumerable<ApiRoute> All() =>
    [
        new("POST", "/v1/auth/challenges", "createChallenge", "A text with a nonce, for a wallet to sign.",
            ChallengeAsync)
        {
            Body = typeof(ChallengeForm),
            Answers = [ApiAnswer.Of<ChallengeView>(201, "The text, good for one try within five minutes.")],
            Refusals = ["request.invalid"],
        },
        new("POST", "/v1/auth/tokens", "createToken", "A token for some minutes, for a signed challenge.", TokenAsync)
        {
            Body = typeof(TokenForm),
            Answers = [ApiAnswer.Of<TokenView>(201, "The token.")],
            Refusals = ["request.invalid", "auth.challenge", "auth.refused"],
        },
        new("GET", "/v1/me", "getCaller", "Whose the key or token is that asks, and what it may do.", WhoAsync)
        {
            Right = Right.Any,
            Answers = [ApiAnswer.Of<WhoView>(200, "The caller.")],
        },
        new("POST", "/v1/keys", "createKey", "A new API key. Nobody makes one that may do more than their own.",
            CreateAsync)
        {
            Right = Right.KeysWrite,
            Body = typeof(KeyForm),
            Answers = [ApiAnswer.Of<NewKeyView>(201, "The key; its secret is shown this once.")],
            Refusals = ["request.invalid"],
        },
        new("GET", "/v1/keys", "listKeys", "The keys of an account, without their secrets.", ListAsync)
        {
            Right = Right.KeysWrite,
            Parameters = [ApiParameter.Query("account", "string", "The caller's own if left out.")],
            Answers = [ApiAnswer.Of<KeyList>(200, "The keys.")],
            Refusals = ["request.invalid"],
        },
        new("DELETE", "/v1/keys/{id}", "revokeKey", "Ends a key at once.", RevokeAsync)
        {
            Right = Right.KeysWrite,
            Parameters =
            [
                ApiParameter.Path("id", "The key's public part."),
                ApiParameter.Query("account", "string", "Whose key it is; the caller's own if left out."),
            ],
            Answers = [new ApiAnswer(204, "It opens nothing any more.")],
            Refusals = ["key.unknown", "request.invalid"],
        },
        new("GET", "/v1/audit", "listAudit", "What owners and operators did through the API, newest first.", AuditAsync)
        {
            Right = Right.AuditRead,
            Parameters =
            [
                ApiParameter.Query("before", "integer", "Only what is older than this entry."),
                ApiParameter.Query("limit", "integer", "At most so many (1 to 200)."),
            ],
            Answers = [ApiAnswer.Of<AuditPage>(200, "A page of entries, each with the hash of the chain.")],
            Refusals = ["request.invalid"],
        },
    ];

    private static Task WhoAsync(ApiCall call)
    {
        var who = call.Who;
        return call.AnswerAsync(
            new WhoView(who.KeyId, who.Account.ToString(), who.Role.ToString().ToLowerInvariant(),
                [.. RoleTable.ScopeNames.Where(name => who.Rights.HasFlag(RoleTable.ScopeOf(name)!.Value))]),
            ApiJson.Default.WhoView);
    }

    private async Task ChallengeAsync(ApiCall call)
    {
        var form = await JsonBody.ReadAsync(call.Request, ApiJson.Default.ChallengeForm, plan.Settings.BodyWithin)
            .ConfigureAwait(false);
        var reader = new FormReader();
        var address = reader.Address("address", form.Address);
        reader.ThrowIfRefused();
        var challenge = signIn.Open(address);
        await call.AnswerAsync(
            new ChallengeView(challenge.Nonce, challenge.Text, WallTime.Time(challenge.Until)),
            ApiJson.Default.ChallengeView, 201).ConfigureAwait(false);
    }

    private async Task TokenAsync(ApiCall call)
    {
        var form = await JsonBody.ReadAsync(call.Request, ApiJson.Default.TokenForm, plan.Settings.BodyWithin)
            .ConfigureAwait(false);
        if (!SignatureText.TryParse(form.Signature, out var signature))
            throw ApiCall.Bad("signature", "must be 0x and 130 hexadecimal digits");
        var (token, who, until) = signIn.Answer(form.Nonce ?? "", signature);
        await call.AnswerAsync(
            new TokenView(token, who.Account.ToString(), NameOf(who.Role), WallTime.Time(until)),
            ApiJson.Default.TokenView, 201).ConfigureAwait(false);
    }

    private async Task CreateAsync(ApiCall call)
    {
        var form = await JsonBody.ReadAsync(call.Request, ApiJson.Default.KeyForm, plan.Settings.BodyWithin)
            .ConfigureAwait(false);
        var reader = new FormReader();
        var account = form.Account is null ? call.Who.Account : reader.Address("account", form.Account);
        var role = reader.Choice("role", form.Role, call.Who.Role);
        var scopes = ScopesOf(call, reader, form);
        var now = plan.Process.Pump.Now;
        var until = form.ExpiresAt is { } end ? WallTime.At(end) : (Instant?)null;
        if (until <= now) reader.Refuse("expires_at", "has passed");
        reader.ThrowIfRefused();
        RequireOver(call, account);
        if (!RoleTable.MayGive(call.Who.Role, role))
            throw new ApiException("auth.forbidden", $"The role {NameOf(role)} is not yours to give.");
        // Somebody who was disabled stays it: only who is not known yet is added.
        if (keys.FindPrincipal(account) is not { } known) keys.AddPrincipal(account, account.ToString(), now);
        else if (known.DisabledAt is not null) throw new ApiException("auth.forbidden", "This account is disabled.");
        var (key, secret) = keys.Issue(account, NameOf(role), scopes, now, until);
        Note(call, "key.create", key.Id, $"for {account} as {key.Role}");
        await call.AnswerAsync(new NewKeyView(KeyView.Of(key), secret), ApiJson.Default.NewKeyView, 201)
            .ConfigureAwait(false);
    }

    /// <summary>A narrowed key cannot make a wide one.</summary>
    private static List<string> ScopesOf(ApiCall call, FormReader reader, KeyForm form)
    {
        var asked = (form.Scopes ?? []).ToList();
        if (asked.Count > ScopesMax) reader.Refuse("scopes", $"more than {ScopesMax} entries");
        foreach (var (index, scope) in asked.Take(ScopesMax).Index())
            if (scope is null || RoleTable.ScopeOf(scope) is null)
                reader.Refuse($"scopes[{index}]", "must be one of " + string.Join(", ", RoleTable.ScopeNames));
        if (call.Who.Rights == RoleTable.Of(call.Who.Role) || reader.Faults.Count > 0) return asked;
        if (asked.Count == 0)
            asked = [.. RoleTable.ScopeNames.Where(name => call.Who.Rights.HasFlag(RoleTable.ScopeOf(name)!.Value))];
        foreach (var scope in asked)
            if (!call.Who.Rights.HasFlag(RoleTable.ScopeOf(scope)!.Value))
                throw new ApiException("auth.forbidden", $"The scope {scope} is not yours to give.");
        return asked;
    }

    private Task ListAsync(ApiCall call)
    {
        var account = call.AddressOf("account") ?? call.Who.Account;
        RequireOver(call, account);
        return call.AnswerAsync(
            new KeyList([.. keys.ListKeys(account).Select(KeyView.Of)]), ApiJson.Default.KeyList);
    }

    private Task RevokeAsync(ApiCall call)
    {
        var account = call.AddressOf("account") ?? call.Who.Account;
        RequireOver(call, account);
        var key = keys.ListKeys(account).FirstOrDefault(key => key.Id == call.Part("id"));
        if (key is null || !IsOver(call.Who.Role, key.Role) || !keys.Revoke(key.Id, plan.Process.Pump.Now))
            throw new ApiException("key.unknown", "No such key of this account is open.");
        plan.Doorkeeper.Remove(key.Id);
        Note(call, "key.revoke", key.Id, $"of {account}");
        call.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private Task AuditAsync(ApiCall call)
    {
        var limit = (int)call.Number("limit", 50, 1, ReadModelQueries.LimitMax);
        var entries = audit.List(call.Number("before", long.MaxValue, 1, long.MaxValue), limit);
        long? before = entries.Count == limit && entries[^1].Seq > 1 ? entries[^1].Seq : null;
        return call.AnswerAsync(
            new AuditPage([.. entries.Select(AuditView.Of)], before), ApiJson.Default.AuditPage);
    }

    private static void RequireOver(ApiCall call, Address account)
    {
        if (account != call.Who.Account && call.Who.Role is not (ApiRole.Operator or ApiRole.Owner))
            throw new ApiException("auth.forbidden", "Only operators and owners have to do with keys of others.");
    }

    private static bool IsOver(ApiRole role, string other) =>
        !Enum.TryParse<ApiRole>(other, ignoreCase: true, out var theirs) || RoleTable.MayGive(role, theirs);

    private static string NameOf(ApiRole role) => role.ToString().ToLowerInvariant();

    private void Note(ApiCall call, string action, string about, string detail) => audit.Append(new AuditNote(
        plan.Process.Pump.Now, $"{call.Who.Account} {call.Who.KeyId}", action, about, "done", detail));
}
