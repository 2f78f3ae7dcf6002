namespace Stun.Tee;

/// <summary>
/// Bytes that are not what they are said to be. The only exception that a stranger's bytes can cause.
/// </summary>
public sealed class EvidenceException(string code, string reason) : Exception(reason)
{
    public string Code => code;
}
