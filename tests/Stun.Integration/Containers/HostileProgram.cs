using Stun.Execution.Tools;

namespace Stun.Integration.Containers;

/// <summary>The program of hostile/attempts.c, compiled once for all tests; static, so that it runs in any image.
/// </summary>
internal static class HostileProgram
{
    private static readonly Lazy<Task<string>> Compiled = new(CompileAsync);

    /// <summary>Skips the test where there is no compiler.</summary>
    public static async Task<string> PathAsync()
    {
        Assert.SkipUnless(Tool.Find("gcc") is not null, "gcc is not installed");
        return await Compiled.Value;
    }

    private static async Task<string> CompileAsync()
    {
        var source = Path.Combine(WorkingCopy.Root, "tests/Stun.Integration/Containers/hostile/attempts.c");
        var folder = Directory.CreateTempSubdirectory("stun-hostile-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        var program = Path.Combine(folder, "attempts");
        var result = await Tool.RunAsync("gcc", ["-static", "-O1", "-Wall", "-Wextra", "-o", program, source],
            TimeSpan.FromMinutes(1));
        Assert.True(result is { Ok: true, Errors: "" }, result.Errors);
        return program;
    }
}
