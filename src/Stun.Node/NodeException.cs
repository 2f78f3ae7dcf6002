using Stun.Node.Settings;

namespace Stun.Node;

/// <summary>
/// What the shell of a node refuses or cannot do: a setting that makes no sense, a key that does not open, a store that
/// does not answer.
/// </summary>
public sealed class NodeException : Exception
{
    /// <param name="code">Stable, dotted, for programs: <c>key.file-mode</c>.</param>
    /// <param name="message">What was wrong, and where.</param>
    /// <param name="cure">What to do next.</param>
    public NodeException(string code, string message, string cure, Exception? inner = null)
        : base($"{message} {cure}", inner)
    {
        Code = code;
        Cure = cure;
    }

    public string Code { get; }

    public string Cure { get; }

    /// <summary>Where the settings of a file were refused: everything that is wrong with them, not the first.</summary>
    public IReadOnlyList<Fault> Faults { get; init; } = [];
}
