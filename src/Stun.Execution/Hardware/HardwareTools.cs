using Stun.Execution.Tools;

namespace Stun.Execution.Hardware;

/// <summary>
/// Runs a program and gives what it said; throws an <see cref="ExecutionException"/> where it cannot.
/// </summary>
public delegate Task<ToolResult> ToolRun(string program, IReadOnlyList<string> arguments);

/// <summary>
/// The programs that are asked for hardware. One that is missing is no remark: most machines have no GPU. One that
/// hangs, fails or talks nonsense is.
/// </summary>
public sealed class HardwareTools(ToolRun run, Func<string, bool> isThere)
{
    /// <summary>nvidia-smi wakes a sleeping GPU in seconds; a driver that hangs never answers.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static HardwareTools Real(CancellationToken cancel = default) => new(
        (program, arguments) => Tool.RunAsync(program, arguments, Patience, cancel),
        program => Tool.Find(program) is not null);

    /// <summary>Null where there is no answer; why is in the remarks.</summary>
    public async Task<string?> AskAsync(string program, IReadOnlyList<string> arguments, List<Remark> remarks)
    {
        if (!isThere(program)) return null;
        try
        {
            var result = await run(program, arguments).ConfigureAwait(false);
            if (result.Ok) return result.Output;
            var said = result.Errors.Length > 0 ? result.Errors : result.Output;
            remarks.Add(new Remark(program, $"answered with status {result.ExitCode}: {Told.Short(said)}"));
        }
        catch (Exception failure) when (failure is ExecutionException or IOException or InvalidOperationException)
        {
            remarks.Add(new Remark(program, Told.Short(failure.Message)));
        }
        return null;
    }
}
