namespace Stun.Node.Doors.Tes;

/// <summary>
/// The command of an executor as the command of a task. The shell that waits in every container reads the directions
/// and passes the program's own words on as they are: no word of a stranger is ever read as a script. The exit code is
/// a file of the result, so that a program that fails is work that was done, judged and paid for like any other.
/// </summary>
internal static class Launcher
{
    /// <summary>Below /out: the exit code, as decimal digits.</summary>
    public const string ExitFile = "exit";

    private const string Shell = "/.stun/sh";

    /// <summary>
    /// Words: working directory, files of the standard streams, how many settings; the settings; the program and its
    /// words. The program is looked for here: the shell would find its own applets before the image's programs.
    /// </summary>
    private const string Script = """
        (
        stun_w=$1; stun_i=$2; stun_o=$3; stun_e=$4; stun_n=$5; shift 5
        if [ "$stun_w" ]; then mkdir -p "$stun_w" 2>/dev/null; cd "$stun_w" || exit 126; fi
        if [ "$stun_o" ]; then mkdir -p "${stun_o%/*}"; exec >"$stun_o" || exit 126; fi
        if [ "$stun_e" ]; then mkdir -p "${stun_e%/*}"; exec 2>"$stun_e" || exit 126; fi
        if [ "$stun_i" ]; then exec <"$stun_i" || exit 126; fi
        stun_p=$PATH; stun_c=$#; stun_k=0
        while [ $stun_k -lt $stun_c ]; do
        stun_a=$1; shift
        if [ $stun_k -lt $stun_n ]; then
        case $stun_a in PATH=*) stun_p=${stun_a#PATH=};; esac
        elif [ $stun_k -eq $stun_n ]; then
        case $stun_a in
        */*) ;;
        *) stun_f=; IFS=:
        for stun_d in $stun_p; do
        if [ -f "$stun_d/$stun_a" ] && [ -x "$stun_d/$stun_a" ]; then stun_f=$stun_d/$stun_a; break; fi
        done
        unset IFS
        if [ -z "$stun_f" ]; then echo "$stun_a: not found" >&2; exit 127; fi
        stun_a=$stun_f;;
        esac
        fi
        set -- "$@" "$stun_a"; stun_k=$((stun_k+1))
        done
        exec -a env /.stun/sh "$@"
        )
        stun_x=$?
        rm -rf /out/exit
        printf %s $stun_x >/out/exit
        """;

    public static IReadOnlyList<string> CommandOf(TesExecutor executor) =>
    [
        Shell, "-c", Script, "tes",
        TesPaths.Trim(executor.Workdir ?? ""), executor.Stdin ?? "", executor.Stdout ?? "", executor.Stderr ?? "",
        $"{executor.Env?.Count ?? 0}",
        .. (executor.Env ?? new Dictionary<string, string?>()).OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{pair.Key}={pair.Value}"),
        .. executor.Command ?? [],
    ];

    /// <summary>Null where it is none.</summary>
    public static int? ReadExit(ReadOnlySpan<byte> content) =>
        content.Length is > 0 and <= 3 && System.Buffers.Text.Utf8Parser.TryParse(content, out byte code, out var read)
            && read == content.Length ? code : null;
}
