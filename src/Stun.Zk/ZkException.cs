namespace Stun.Zk;

/// <summary>
/// A file, a point, a number or a witness from outside is not what it must be. The code stays; the message says what
/// was wrong and where.
/// </summary>
public sealed class ZkException(string code, string message) : Exception(message)
{
    /// <summary>One of the codes in <see cref="ZkCodes"/>.</summary>
    public string Code => code;
}
