using System.Text;
using Stun.Node.Configuration;
using Stun.Node.Gateway;

namespace Stun.Node.Doors.OpenAi;

/// <summary>
/// The key that an owner has at a provider. Read again every few seconds, so that it can be changed without a restart;
/// it goes into one header and nowhere else.
/// </summary>
internal sealed class OutsideSecret(OutsideSettings settings)
{
    private const long KeptMs = 5_000;
    private volatile Kept? kept;

    private sealed record Kept(string? Header, byte[] Bytes, long Until);

    /// <summary>The value of Authorization; null where there is no key.</summary>
    public string? Header => Now().Header;

    public bool IsIn(ReadOnlySpan<byte> said)
    {
        var secret = Now().Bytes;
        return secret.Length > 0 && said.IndexOf(secret) >= 0;
    }

    private Kept Now()
    {
        if (kept is { } known && Environment.TickCount64 < known.Until) return known;
        var text = OwnerSecret.TryRead(settings.KeyVariable, settings.KeyFile)
            ?? throw new ApiException("model.refused", $"This node cannot open its key for {settings.Name} just now.");
        var fresh = new Kept(text.Length == 0 ? null : $"Bearer {text}", Encoding.UTF8.GetBytes(text),
            Environment.TickCount64 + KeptMs);
        kept = fresh;
        return fresh;
    }
}
