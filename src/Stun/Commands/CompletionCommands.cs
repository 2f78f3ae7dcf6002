using System.CommandLine;

namespace Stun.Commands;

/// <summary><c>stun completion</c>: what a shell asks this binary when TAB is pressed.</summary>
internal static class CompletionCommands
{
    private const string Bash = """
        _stun() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" \
                -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _stun stun
        """;

    private const string Zsh = """
        #compdef stun
        _stun() {
            local -a words_of_stun
            words_of_stun=("${(@f)$("${words[1]}" "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
            compadd -a words_of_stun
        }
        compdef _stun stun
        """;

    public static Command Make()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash or zsh." };
        shell.AcceptOnlyFromAmong("bash", "zsh");
        return Shared.Local("completion", "Lines for your shell, so that TAB completes words of stun.", [shell],
            (parsed, _) =>
            {
                Screen.Line(parsed.GetValue(shell) == "bash" ? Bash : Zsh);
                return Task.FromResult(Exits.Ok);
            }, "source <(stun completion bash)");
    }
}
