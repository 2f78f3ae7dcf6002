using System.Globalization;
using System.Text;
using Stun.Execution.Images;
using Stun.Execution.Linux;
using Stun.Integration.Chains;
using Stun.Node.Configuration;
using Stun.Node.Hosting;
using Stun.Node.Operator;

namespace Stun.Integration.Operator;

/// <summary>Contracts have real containers run: programs that read their input, and servers that are asked.</summary>
public sealed class ContainerServiceTests(ContainerServiceScene scene) : IClassFixture<ContainerServiceScene>
{
    [Theory]
    [InlineData("count", 40_000, "40000", 20)]
    [InlineData("prices:8001/cgi-bin/price", 3, "{\"type\":\"application/json\",\"got\":111}", 20)]
    [InlineData("prices:8001/cgi-bin/none", 3, "operator.task", 0)]
    [InlineData("prices:8001", 3, "operator.no-service", 0)]
    [InlineData("deaf", 3, "operator.task", 0)]
    public async Task A_container_reads_its_input_or_is_asked_as_a_server_and_what_fails_costs_nothing(
        string service, int length, string answer, int cost)
    {
        Assert.SkipUnless(ChainScene.IsPossible, "anvil is not installed: run npm ci in contracts/evm.");
        Assert.SkipUnless(Kernel.IsRoot, "Containers need root.");
        var asking = scene.Asking;
        var before = await asking.BalanceAsync(asking.User, Cancel);
        var request = await asking.AskAsync(service, new string('1', length), "", "", "", new Amount(25), Cancel);
        byte[] said = [];
        await ChainScene.UntilAsync(
            async () => (said = await asking.AnswerAsync(request, Cancel)).Length > 0, "the answer", 60);
        Assert.Contains(answer, Encoding.UTF8.GetString(said), StringComparison.Ordinal);
        var spent = before - await asking.BalanceAsync(asking.User, Cancel);
        Assert.Equal(cost.ToString(CultureInfo.InvariantCulture), spent.ToString());
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}

/// <summary>A network that runs real containers, and a contract that asks it.</summary>
public sealed class ContainerServiceScene : IAsyncLifetime
{
    /// <summary>Like the first prototype's container for prices: a name with a port, and paths below it.</summary>
    private const string Server = """
        mkdir -p /tmp/www/cgi-bin
        cat >/tmp/www/cgi-bin/price <<'END'
        #!/bin/sh
        printf 'Content-Type: application/json\r\n\r\n{"type": "%s", "got": ' "$CONTENT_TYPE"; cat; printf '}'
        END
        chmod +x /tmp/www/cgi-bin/price; echo 'this is no answer'; sleep 0.3
        exec httpd -f -p 8001 -h /tmp/www
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("stun-opimage-").FullName;
    private DevNetwork? network;
    private NodeHost? host;

    internal LocalOperator Asking => network!.Asking!;

    public async ValueTask InitializeAsync()
    {
        if (!ChainScene.IsPossible || !Kernel.IsRoot) return;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        var recipe = ImageRecipe.Read(WorkingCopy.Recipes, "base");
        var built = await new ImageBuild(recipe, new Progress<string>()).RunAsync(folder, Cancel);
        ContainerSettings Of(string name, params string[] command) => new(
            name, $"sha256:{built.Digest}", [.. command], new Amount(20_000), Duration.Seconds(20), "redundant:2/2",
            100, 64, 16, new Amount(20));
        network = new DevNetwork(new DevOptions(Path.Combine(folder, "node"), Path.Combine(folder, "images"))
        {
            ValidatorCount = 1,
            HasChain = true,
            Boundless = true,
            WarmCount = 0,
            Images = [$"oci:{Path.Combine(folder, "base")}"],
            Operator = new OperatorSettings
            {
                Fees = new FeeSettings(FeeKind.Listed, new Amount(10)),
                Containers =
                [
                    Of("count", "/bin/wc", "-c"),
                    Of("prices:8001", "/bin/sh", "-c", Server) with
                    {
                        Http = new ContainerHttp(8001, ["/cgi-bin/price", "/cgi-bin/none"]),
                    },
                    Of("deaf", "/bin/sh", "-c", "sleep 1; exit 3") with { Http = new ContainerHttp(8001, []) },
                ],
            },
        });
        host = await network.StartAsync((_, _) => { }, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (host is not null) await host.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
