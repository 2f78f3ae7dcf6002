namespace Stun.Chain;

/// <summary>A key, a chain or the library that signs failed or was refused.</summary>
public sealed class ChainException : Exception
{
    /// <param name="code">Stable, dotted, for programs: <c>key.out-of-range</c>.</param>
    /// <param name="message">What was wrong, and where.</param>
    /// <param name="cure">What to do next.</param>
    public ChainException(string code, string message, string cure, Exception? inner = null)
        : base($"{message} {cure}", inner)
    {
        Code = code;
        Cure = cure;
    }

    public string Code { get; }

    public string Cure { get; }

    /// <summary>What a contract gave back when it refused a call; null where nothing was given.</summary>
    public ReadOnlyMemory<byte>? RevertData { get; init; }
}
