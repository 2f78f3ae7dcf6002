namespace Stun.Node;

/// <summary>What the owner of a node has to know and can do something about.</summary>
public sealed class NodeException(string code, string message, string cure, Exception? cause = null)
    : Exception($"{message} {cure}", cause)
{
    public string Code => code;

    public string Cure => cure;
}
