using Stun.Chain.Evm.Networks;
using Stun.Execution.Tools;
using Stun.Integration.Gateway;

namespace Stun.Integration.Sdk;

/// <summary>The SDK for Python: its own tests, by a real Python, against a real node.</summary>
public sealed class PythonTests
{
    private static readonly string Folder = SdkProgram.FolderOf("python");

    [Fact]
    public async Task The_tests_of_the_sdk_that_need_no_node_pass() => await TestAsync("test_*.py", []);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_tests_of_the_sdk_pass_against_a_node(bool hasChain)
    {
        SdkProgram.Require("python3");
        Assert.SkipWhen(hasChain && LocalChain.FindProgram() is null, "anvil is not installed: see eng/prerequisites.");
        await using var node = await LiveNode.StartAsync(hasChain: hasChain);
        List<string> names = [.. await SdkProgram.NamesOfAsync(node)];
        if (hasChain) names.Add("STUN_HAS_CHAIN=1");
        var said = await TestAsync("live_*.py", names);
        Assert.DoesNotContain("skipped", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_are_read_while_they_are_written()
    {
        SdkProgram.Require("python3");
        const string Follow = """
            import os, sys
            from stun_sdk import StunClient
            stun = StunClient(os.environ["STUN_API_KEY"], os.environ["STUN_NODE"])
            for piece in stun.logs(sys.argv[1]):
                print(piece.stream, piece.text.strip(), flush=True)
            print("over", flush=True)
            """;
        await FollowedLogs.AreReadWhileTheyAreWrittenAsync(task => Python("-c", Follow, task));
    }

    [Fact]
    public async Task The_package_is_built_as_a_wheel_and_runs_where_nothing_else_is()
    {
        var python = await FindBuilderAsync();
        var made = Directory.CreateTempSubdirectory("stun-wheel");
        try
        {
            // Building writes beside the sources: they are copied first.
            var source = made.CreateSubdirectory("source");
            foreach (var name in (string[])["pyproject.toml", "README.md"])
                File.Copy(Path.Combine(Folder, name), Path.Combine(source.FullName, name));
            CopySources(Path.Combine(Folder, "stun_sdk"), Path.Combine(source.FullName, "stun_sdk"));
            SdkProgram In(string program, params string[] arguments) => new(program, arguments, made.FullName);
            await In(python, "-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps", "--no-index",
                "--disable-pip-version-check", "-w", made.FullName, source.FullName).RunAsync();
            var wheel = Assert.Single(made.GetFiles("stun_sdk-*-py3-none-any.whl")).FullName;
            await In(python, "-m", "venv", "clean").RunAsync();
            var clean = Path.Combine(made.FullName, "clean", "bin", "python");
            await In(clean, "-m", "pip", "install", "--quiet", "--no-index", "--disable-pip-version-check", wheel)
                .RunAsync();
            await using var node = await LiveNode.StartAsync();
            var sample = Path.Combine(Folder, "samples", "receipt_offline.py");
            // -I: neither the folder nor the environment says where packages are.
            var said = await (In(clean, "-I", sample) with
            {
                Environment = await SdkProgram.NamesOfAsync(node),
            }).RunAsync();
            Assert.Contains("Complete: cost", said, StringComparison.Ordinal);
        }
        finally
        {
            made.Delete(recursive: true);
        }
    }

    /// <summary>A Python that has what builds packages: the first on the path may be one without.</summary>
    private static async Task<string> FindBuilderAsync()
    {
        SdkProgram.Require("python3");
        foreach (var python in (string[])["python3", "/usr/bin/python3"])
        {
            var asked = await Tool.RunAsync(
                python, ["-c", "import setuptools, pip, wheel, venv, ensurepip"], TimeSpan.FromMinutes(1));
            if (asked.Ok) return python;
        }
        Assert.Skip("pip, setuptools, wheel or venv is missing: see eng/prerequisites.");
        return "";
    }

    private static void CopySources(string from, string to)
    {
        foreach (var path in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            if (path.EndsWith(".pyc", StringComparison.Ordinal)) continue;
            var copy = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }
    }

    private static SdkProgram Python(params string[] arguments) => new("python3", ["-B", .. arguments], Folder);

    /// <summary>What the tests wrote, once all of them have passed.</summary>
    private static async Task<string> TestAsync(string pattern, IReadOnlyList<string> environment)
    {
        SdkProgram.Require("python3");
        var tests = Python("-m", "unittest", "discover", "-v", "-t", ".", "-s", "tests", "-p", pattern);
        var said = await (tests with { Environment = environment }).RunAsync();
        Assert.Matches(@"Ran [1-9]\d* tests", said);
        return said;
    }
}
