using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <param name="Account">The caller's own if left out.</param>
/// <param name="Role">The caller's own if left out.</param>
/// <param name="Scopes">Names of rights that narrow the role; all of the role's if left out.</param>
public sealed record KeyForm(string? Account, string? Role, IReadOnlyList<string>? Scopes, DateTimeOffset? ExpiresAt);

public sealed record KeyView(
    string Id, string Account, string Role, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt)
{
    public static KeyView Of(ApiKey key) => new(
        key.Id, key.Owner.ToString(), key.Role, key.Scopes, WallTime.Time(key.CreatedAt),
        WallTime.TimeOrNull(key.ExpiresAt), WallTime.TimeOrNull(key.RevokedAt), WallTime.TimeOrNull(key.LastUsedAt));
}

/// <param name="Secret">What goes behind "Bearer". Shown this once and kept nowhere.</param>
public sealed record NewKeyView(KeyView Key, string Secret);

/// <param name="Rights">What the key may do: its role's rights, less what its scopes leave out.</param>
public sealed record WhoView(string Key, string Account, string Role, IReadOnlyList<string> Rights);

public sealed record KeyList(IReadOnlyList<KeyView> Keys);

public sealed record ChallengeForm(string? Address);

/// <param name="Text">To be signed with personal_sign as it is.</param>
public sealed record ChallengeView(string Nonce, string Text, DateTimeOffset ExpiresAt);

/// <param name="Signature">0x and 65 bytes.</param>
public sealed record TokenForm(string? Nonce, string? Signature);

public sealed record TokenView(string Token, string Account, string Role, DateTimeOffset ExpiresAt);

public sealed record AuditView(
    long Seq, DateTimeOffset At, string Who, string Action, string About, string Outcome, string Detail, string Hash)
{
    public static AuditView Of(AuditEntry entry) => new(
        entry.Seq, WallTime.Time(entry.Note.At), entry.Note.Who, entry.Note.Action, entry.Note.About,
        entry.Note.Outcome, entry.Note.Detail, entry.Hash.ToString());
}

/// <param name="Before">Asks for what is older; missing at the end.</param>
public sealed record AuditPage(IReadOnlyList<AuditView> Entries, long? Before);

public sealed record UploadForm(string? Digest, long? Size);

/// <param name="Offset">How much is there; what comes next begins here.</param>
public sealed record UploadView(string Id, string Digest, long Size, long Offset)
{
    public static UploadView Of(BlobUpload upload) =>
        new(upload.Id, "sha256:" + upload.Digest, upload.Size, upload.Offset);
}

public sealed record BlobView(string Digest, long Size);

/// <summary>One line of a log as JSON.</summary>
/// <param name="Offset">Where it begins in its stream; the next begins at offset + size.</param>
public sealed record LogLineView(string Attempt, string Stream, long Offset, int Size, string Text);

/// <param name="Position">Give it as "since" to go on behind it.</param>
public sealed record EventView(
    string Position, DateTimeOffset At, string? Task, string Kind, string About, string Detail);
