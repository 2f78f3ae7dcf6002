namespace Stun.Node.Gateway;

public enum ApiRole : byte
{
    Requester,
    Provider,
    Auditor,
    Operator,
    Owner,
}

/// <summary>What an endpoint asks of whoever calls it.</summary>
[Flags]
public enum Right
{
    /// <summary>Anybody, without a key.</summary>
    None = 0,
    TasksSubmit = 1,
    TasksCancel = 2,
    TasksRead = 4,
    MarketRead = 8,
    AccountsRead = 16,
    AccountsDeposit = 32,
    AccountsCreate = 64,
    KeysWrite = 128,
    AuditRead = 256,
    BlobsWrite = 512,
    BlobsRead = 1024,
    EventsRead = 2048,

    /// <summary>Whoever has a key that may do anything at all.</summary>
    Any = 4095,
}

/// <summary>
/// The one table that says which role may do what. The scope of a key is the name of a right, and narrows it further.
/// </summary>
public static class RoleTable
{
    private const Right Reading = Right.TasksRead | Right.MarketRead | Right.AccountsRead | Right.BlobsRead
        | Right.EventsRead;

    private const Right Ordering = Right.TasksSubmit | Right.TasksCancel | Right.BlobsWrite | Right.KeysWrite;

    private static readonly Dictionary<ApiRole, Right> Table = new()
    {
        [ApiRole.Requester] = Reading | Ordering,
        [ApiRole.Provider] = Reading | Right.BlobsWrite,
        [ApiRole.Auditor] = Reading | Right.AuditRead,
        [ApiRole.Operator] = Reading | Ordering | Right.AccountsDeposit | Right.AccountsCreate,
        [ApiRole.Owner] = Reading | Ordering | Right.AccountsDeposit | Right.AccountsCreate | Right.AuditRead,
    };

    private static readonly IReadOnlyList<(Right Right, string Name)> Names =
    [
        (Right.TasksSubmit, "tasks:submit"), (Right.TasksCancel, "tasks:cancel"), (Right.TasksRead, "tasks:read"),
        (Right.MarketRead, "market:read"), (Right.AccountsRead, "accounts:read"),
        (Right.AccountsDeposit, "accounts:deposit"), (Right.AccountsCreate, "accounts:create"),
        (Right.KeysWrite, "keys:write"), (Right.AuditRead, "audit:read"), (Right.BlobsWrite, "blobs:write"),
        (Right.BlobsRead, "blobs:read"), (Right.EventsRead, "events:read"),
    ];

    public static Right Of(ApiRole role) => Table[role];

    /// <summary>Tasks, accounts and events of everybody, not only of its own account.</summary>
    public static bool SeesAll(ApiRole role) => role is ApiRole.Auditor or ApiRole.Operator or ApiRole.Owner;

    /// <summary>Nobody makes a key that may do more than the one that makes it.</summary>
    public static bool MayGive(ApiRole giver, ApiRole role) => giver switch
    {
        ApiRole.Owner => true,
        ApiRole.Operator => role is not ApiRole.Owner and not ApiRole.Auditor,
        _ => role == giver,
    };

    public static string NameOf(Right right)
    {
        foreach (var (one, name) in Names)
            if (one == right) return name;
        return right == Right.Any ? "any" : "none";
    }

    public static IEnumerable<string> ScopeNames => Names.Select(entry => entry.Name);

    public static Right? ScopeOf(string name)
    {
        foreach (var entry in Names)
            if (entry.Name == name) return entry.Right;
        return null;
    }

    /// <summary>No scopes mean no further narrowing.</summary>
    public static Right Narrow(ApiRole role, IReadOnlyList<string> scopes) => scopes.Count == 0
        ? Of(role)
        : Of(role) & scopes.Aggregate(Right.None, (sum, scope) => sum | (ScopeOf(scope) ?? Right.None));
}

/// <summary>Who makes a request, and what they may.</summary>
/// <param name="Account">Whose money and tasks are meant.</param>
public sealed record ApiPrincipal(string KeyId, Address Account, ApiRole Role)
{
    public Right Rights { get; init; } = RoleTable.Of(Role);

    public bool SeesAll => RoleTable.SeesAll(Role);

    public bool Sees(Address account) => Account == account || SeesAll;
}
