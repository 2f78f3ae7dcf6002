namespace Stun.Cbor;

/// <summary>The limits of readers and writers.</summary>
public static class CborLimits
{
    /// <summary>
    /// Arrays, maps and tags inside one another. Our deepest message (a batch of verdicts in a call) has 11 levels, and
    /// token formats have fewer. The limit keeps the checker's frames on the thread's stack.
    /// </summary>
    public const int DepthMax = 64;
}
