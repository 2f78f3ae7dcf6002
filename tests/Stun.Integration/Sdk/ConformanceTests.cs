using Stun.Integration.Gateway;

namespace Stun.Integration.Sdk;

/// <summary>Every SDK passes the same scenarios, each by its name.</summary>
public sealed class ConformanceTests(ConformanceTests.Ground ground) : IClassFixture<ConformanceTests.Ground>
{
    private static readonly SortedDictionary<string, Func<SdkProgram>> Drivers = new(StringComparer.Ordinal)
    {
        ["JavaScript"] = () => JavaScriptPackage.Node("conformance/driver.mjs"),
        ["Python"] = () => new SdkProgram("python3", ["-B", "conformance/driver.py"], SdkProgram.FolderOf("python"))
        {
            Environment = [$"PYTHONPATH={SdkProgram.FolderOf("python")}"],
        },
    };

    public static TheoryData<string, string> Cases
    {
        get
        {
            TheoryData<string, string> cases = [];
            foreach (var sdk in Drivers.Keys)
                foreach (var scenario in ConformanceSuite.Scenarios.Keys) cases.Add(sdk, scenario);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task An_sdk_does_what_the_suite_says(string sdk, string scenario)
    {
        if (sdk == "JavaScript") await JavaScriptPackage.RequireAsync();
        else SdkProgram.Require("python3");
        await using var driver = new SdkDriver(Drivers[sdk]());
        var run = await ground.RunAsync(sdk, driver);
        await run.PlayAsync(ConformanceSuite.Scenarios[scenario]);
    }

    [Fact]
    public void The_suite_has_scenarios_and_every_sdk_a_driver()
    {
        Assert.True(ConformanceSuite.Scenarios.Count > 25);
        Assert.All(Drivers.Values, driver => Assert.Contains(
            driver().Arguments, argument => argument.StartsWith("conformance/driver.", StringComparison.Ordinal)));
    }

    /// <summary>A network for each SDK, with a line before it: what one has uploaded would be there for the other.
    /// </summary>
    public sealed class Ground : IAsyncLifetime
    {
        private readonly SortedDictionary<string, (LiveNode Node, FaultyLine Line, string Key)> networks =
            new(StringComparer.Ordinal);

        public ValueTask InitializeAsync() => ValueTask.CompletedTask;

        internal async Task<ConformanceRun> RunAsync(string sdk, SdkDriver driver)
        {
            if (!networks.TryGetValue(sdk, out var network))
            {
                var node = await LiveNode.StartAsync();
                var key = (await SdkProgram.NamesOfAsync(node))[1].Split('=')[1];
                networks[sdk] = network = (node, await FaultyLine.StartAsync(node.Http.BaseAddress!), key);
            }
            return new ConformanceRun(driver, network.Line, network.Key, LiveNode.Image);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var (node, line, _) in networks.Values)
            {
                await line.DisposeAsync();
                await node.DisposeAsync();
            }
        }
    }
}
