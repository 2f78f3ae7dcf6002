using Stun.Chain.Evm.Networks;
using Stun.Integration.Gateway;

namespace Stun.Integration.Sdk;

/// <summary>The SDK for JavaScript: its own tests, by a real Node, against a real node; and as a package.</summary>
public sealed class JavaScriptTests
{
    [Fact]
    public async Task The_tests_of_the_sdk_that_need_no_node_pass()
    {
        await JavaScriptPackage.RequireAsync();
        var files = Directory.GetFiles(Path.Combine(JavaScriptPackage.Folder, "tests"), "*.test.mjs");
        Assert.NotEmpty(files);
        await TestAsync(files, []);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_tests_of_the_sdk_pass_against_a_node(bool hasChain)
    {
        await JavaScriptPackage.RequireAsync();
        Assert.SkipWhen(hasChain && LocalChain.FindProgram() is null, "anvil is not installed: see eng/prerequisites.");
        await using var node = await LiveNode.StartAsync(hasChain: hasChain);
        List<string> names = [.. await SdkProgram.NamesOfAsync(node)];
        if (hasChain) names.Add("STUN_HAS_CHAIN=1");
        await TestAsync(["tests/live.mjs"], names);
    }

    [Fact]
    public async Task Logs_are_read_while_they_are_written()
    {
        await JavaScriptPackage.RequireAsync();
        const string Follow = """
            import { StunClient } from 'stun-sdk';
            const stun = new StunClient({ apiKey: process.env.STUN_API_KEY, node: process.env.STUN_NODE });
            for await (const piece of stun.logs(process.argv[1])) console.log(piece.stream, piece.text.trim());
            console.log('over');
            """;
        await FollowedLogs.AreReadWhileTheyAreWrittenAsync(
            task => JavaScriptPackage.Node("--input-type=module", "-e", Follow, task));
    }

    [Fact]
    public async Task The_package_is_packed_and_runs_where_nothing_else_is()
    {
        await JavaScriptPackage.RequireAsync();
        var made = Directory.CreateTempSubdirectory("stun-pack");
        var clean = made.CreateSubdirectory("clean");
        // Its dependencies are packed too, so that nothing is asked of a registry.
        await new SdkProgram("npm",
            ["pack", "--pack-destination", made.FullName, ".", "./node_modules/@noble/curves",
                "./node_modules/@noble/hashes"], JavaScriptPackage.Folder).RunAsync();
        var packed = made.GetFiles("*.tgz").Select(file => file.FullName).ToList();
        Assert.Equal(3, packed.Count);
        await File.WriteAllTextAsync(
            Path.Combine(clean.FullName, "package.json"), """{"private":true,"type":"module"}""");
        await new SdkProgram("npm", ["install", "--offline", "--no-audit", "--no-fund", .. packed], clean.FullName)
            .RunAsync();
        Assert.False(Directory.Exists(Path.Combine(clean.FullName, "node_modules", "typescript")));
        var compiler = Path.Combine(JavaScriptPackage.Folder, "node_modules", "typescript", "bin", "tsc");
        File.Copy(Path.Combine(JavaScriptPackage.Folder, "tests", "consumer.ts"),
            Path.Combine(clean.FullName, "consumer.ts"));
        await new SdkProgram("node",
            [compiler, "--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--lib",
                "es2022,dom,dom.asynciterable", "consumer.ts"], clean.FullName).RunAsync();
        File.Copy(Path.Combine(JavaScriptPackage.Folder, "samples", "receipt-offline.mjs"),
            Path.Combine(clean.FullName, "sample.mjs"));
        await using var node = await LiveNode.StartAsync();
        var sample = new SdkProgram("node", ["sample.mjs"], clean.FullName)
        {
            Environment = await SdkProgram.NamesOfAsync(node),
        };
        Assert.Contains("Complete: cost", await sample.RunAsync(), StringComparison.Ordinal);
        made.Delete(recursive: true);
    }

    private static async Task TestAsync(IReadOnlyList<string> files, IReadOnlyList<string> environment)
    {
        var tests = JavaScriptPackage.Node(["--test", "--test-reporter=tap", .. files]);
        var said = await (tests with { Environment = environment }).RunAsync();
        Assert.Matches(@"(?m)^# pass [1-9]\d*$", said);
        Assert.Matches("(?m)^# skipped 0$", said);
        Assert.Matches("(?m)^# fail 0$", said);
    }
}
