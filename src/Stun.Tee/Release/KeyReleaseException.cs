namespace Stun.Tee.Release;

/// <summary>A secret is not handed over, or what was sealed is not opened: the code says why.</summary>
public sealed class KeyReleaseException(string code, string reason) : Exception(reason)
{
    public string Code => code;
}
