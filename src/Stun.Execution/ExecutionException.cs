namespace Stun.Execution;

/// <summary>
/// Something on this machine failed or was refused: a tool that is missing, an image that lies, a kernel that says no.
/// </summary>
public sealed class ExecutionException : Exception
{
    /// <param name="code">Stable, dotted, for programs: <c>image.digest-mismatch</c>.</param>
    /// <param name="message">What was wrong, and where.</param>
    /// <param name="cure">What to do next.</param>
    public ExecutionException(string code, string message, string cure, Exception? inner = null)
        : base($"{message} {cure}", inner)
    {
        Code = code;
        Cure = cure;
    }

    public string Code { get; }

    public string Cure { get; }
}
