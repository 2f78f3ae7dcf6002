using System.Diagnostics;
using Stun.Execution.Tools;
using Stun.Integration.Gateway;

namespace Stun.Integration.Sdk;

/// <summary>A program in the language of an SDK: how it is started, and what it needs to know of a node.</summary>
/// <param name="Tool">What runs it.</param>
/// <param name="Arguments">The program and what is said to it.</param>
/// <param name="Folder">Where it runs.</param>
internal sealed record SdkProgram(string Tool, IReadOnlyList<string> Arguments, string Folder)
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    /// <summary>Names with their values, as NAME=value.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    public static string FolderOf(string sdk) => Path.Combine(WorkingCopy.Root, "sdk", sdk);

    public static void Require(string tool) =>
        Assert.SkipUnless(Find(tool) is not null, $"{tool} is not installed: see eng/prerequisites.");

    /// <summary>With a key that the node issued itself: it knows whose it is, and can be asked.</summary>
    public static async Task<IReadOnlyList<string>> NamesOfAsync(LiveNode node)
    {
        var key = (await node.AskAsync("POST", "/v1/keys", "{}")).Json.GetProperty("secret").GetString();
        return [$"STUN_NODE={node.Http.BaseAddress}", $"STUN_API_KEY={key}", $"STUN_IMAGE={LiveNode.Image}"];
    }

    public static CancellationTokenSource Within()
    {
        var within = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        within.CancelAfter(Patience);
        return within;
    }

    public Process Start()
    {
        var start = new ProcessStartInfo(Find(Tool)!, Arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        // Byte code beside the sources would be files of the repository.
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["PYTHONUTF8"] = "1";
        foreach (var name in Environment) start.Environment[name.Split('=', 2)[0]] = name.Split('=', 2)[1];
        return Process.Start(start)!;
    }

    /// <summary>What it wrote, once it has ended well.</summary>
    public async Task<string> RunAsync()
    {
        using var within = Within();
        using var program = Start();
        try
        {
            program.StandardInput.Close();
            var told = Task.WhenAll(
                program.StandardOutput.ReadToEndAsync(within.Token),
                program.StandardError.ReadToEndAsync(within.Token));
            await program.WaitForExitAsync(within.Token);
            var said = string.Join('\n', await told);
            Assert.True(program.ExitCode == 0, said);
            return said;
        }
        finally
        {
            if (!program.HasExited) program.Kill(entireProcessTree: true);
        }
    }

    private static string? Find(string tool) => Execution.Tools.Tool.Find(tool);
}
