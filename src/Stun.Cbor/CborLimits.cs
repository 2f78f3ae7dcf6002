namespace Stun.Cbor;

/// <summary>The limits of readers and writers.</summary>
public static class CborLimits
{
    /// <summary>
    /// Arrays, maps and tags inside one another. The deepest message of ours has 12 levels; COSE and token formats stay
    /// under 20. The limit keeps the checker's stack on the thread's stack.
    /// </summary>
    public const int DepthMax = 64;
}
