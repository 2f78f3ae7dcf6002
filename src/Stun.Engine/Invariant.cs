using System.Diagnostics.CodeAnalysis;

namespace Stun.Engine;

/// <summary>
/// Laws that must hold whatever happens. On in release: a role that breaks one crashes and replays its journal.
/// </summary>
public static class Invariant
{
    public static void Require([DoesNotReturnIf(false)] bool holds, string law)
    {
        if (!holds) throw new InvariantException(law);
    }
}

public sealed class InvariantException(string law) : Exception($"Broken invariant: {law}");
