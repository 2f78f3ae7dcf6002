namespace Stun;

/// <summary>What a command cannot do: what was wrong and where, what to do next, and a code that stays.</summary>
internal sealed class CommandException(string code, string what, string cure, int exit = Exits.Failed) : Exception(what)
{
    public string Code => code;

    public string Cure => cure;

    public int Exit => exit;

    /// <summary>Places and what is wrong there, where there is more than one.</summary>
    public IReadOnlyList<(string Place, string What)> Places { get; init; } = [];

    public static CommandException Usage(string what, string cure) => new("cli.usage", what, cure, Exits.Usage);
}
