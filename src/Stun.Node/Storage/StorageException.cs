namespace Stun.Node.Storage;

/// <summary>The disk or the database failed or refused, or what lies there is not what was written.</summary>
public sealed class StorageException : Exception
{
    /// <param name="code">Stable, dotted, for programs: <c>journal.disk-full</c>.</param>
    /// <param name="message">What was wrong, and where.</param>
    /// <param name="cure">What to do next.</param>
    public StorageException(string code, string message, string cure, Exception? inner = null)
        : base($"{message} {cure}", inner)
    {
        Code = code;
        Cure = cure;
        what = message;
    }

    private readonly string what;

    /// <summary>For one who comes later: an exception that was thrown elsewhere is not thrown again itself.</summary>
    internal StorageException Again() => new(Code, what, Cure, this);

    public string Code { get; }

    public string Cure { get; }
}
