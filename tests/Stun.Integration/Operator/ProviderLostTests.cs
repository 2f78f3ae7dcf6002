using System.Text;
using Stun.Execution.Images;
using Stun.Execution.Linux;
using Stun.Integration.Chains;
using Stun.Integration.Commands;
using Stun.Node.Configuration;
using Stun.Node.Hosting;

namespace Stun.Integration.Operator;

/// <summary>A contract's request outlives the machine that works on it: providers in processes of their own.</summary>
public sealed class ProviderLostTests : IDisposable
{
    private static readonly string[] Names = ["alpha", "beta"];

    private readonly string folder = Directory.CreateTempSubdirectory("stun-oplost-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_request_is_answered_by_another_provider_when_the_one_that_ran_it_is_killed()
    {
        Assert.SkipUnless(ChainScene.IsPossible, "anvil is not installed: run npm ci in contracts/evm.");
        Assert.SkipUnless(Kernel.IsRoot, "Containers need root.");
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        var built = await new ImageBuild(ImageRecipe.Read(WorkingCopy.Recipes, "base"), new Progress<string>())
            .RunAsync(folder, Cancel);
        var network = Network(built.Digest);
        await using var host = await network.StartAsync((_, _) => { }, Cancel);
        var providers = Names.ToDictionary(name => name, name => Start(name, host.Address!));
        var running = "";
        try
        {
            foreach (var provider in providers.Values) await provider.LineAsync("[provider.staked]");
            var queries = host.ReadModel!.Queries;
            await ChainScene.UntilAsync(
                () => Task.FromResult(queries.ListOffers(new(null, null, null, null, 10)).Items.Count == 2), "offers");
            var asking = network.Asking!;
            var before = await asking.BalanceAsync(asking.User, Cancel);
            var request = await asking.AskAsync("slow", "12345", "", "", "", new Amount(25), Cancel);
            await ChainScene.UntilAsync(
                () => Task.FromResult((running = RunningAt(network, host)).Length > 0), "a run");
            // By then it has taken the lease, and its program sleeps for a good while yet.
            await Task.Delay(TimeSpan.FromSeconds(3), Cancel);
            await using (var dead = providers[running])
            {
                providers.Remove(running);
                await dead.KillAsync();
            }
            byte[] said = [];
            await ChainScene.UntilAsync(
                async () => (said = await asking.AnswerAsync(request, Cancel)).Length > 0,
                $"the answer ({string.Join('\n', providers.Values.Select(each => each.Said))})", 120);
            Assert.Equal("5", Encoding.UTF8.GetString(said));
            Assert.Equal((UInt128)20, (UInt128)(before - await asking.BalanceAsync(asking.User, Cancel)));
            var task = Assert.Single(queries.ListTasks(new()).Items);
            Assert.Equal(["Finished", "Lost"], queries.Attempts(task.Id).Select(each => each.End).Order());
        }
        finally
        {
            // Its next life clears away what the dead one left on this machine.
            if (running.Length > 0 && !providers.ContainsKey(running))
                await (providers[running] = Start(running, host.Address!)).LineAsync("serves");
            foreach (var provider in providers.Values) await provider.DisposeAsync();
        }
    }

    private static string RunningAt(DevNetwork network, NodeHost host)
    {
        var queries = host.ReadModel!.Queries;
        var attempts = queries.ListTasks(new()).Items.SelectMany(task => queries.Attempts(task.Id)).ToList();
        return attempts.Count == 0 ? "" : network.NameOf(attempts[0].Provider)!;
    }

    private DevNetwork Network(Digest image) =>
        new(new DevOptions(Path.Combine(folder, "node"), Path.Combine(folder, "images"))
        {
            ValidatorCount = 1,
            HasChain = true,
            Roles = NodeRoles.All & ~NodeRoles.Providers,
            Operator = new OperatorSettings
            {
                Containers =
                [
                    new ContainerSettings("slow", $"sha256:{image}", ["/bin/sh", "-c", "sleep 9; wc -c"],
                        new Amount(1_000_000), Duration.Seconds(20), "none", 100, 64, 16, new Amount(20)),
                ],
            },
        });

    private SpokenProcess Start(string name, Uri hub)
    {
        // As a machine elsewhere has it: its own key, and nothing else of the network.
        var (home, keys) = (Path.Combine(folder, name), Path.Combine(folder, "node", "keys"));
        var own = Directory.CreateDirectory(Path.Combine(home, "keys"));
        File.SetUnixFileMode(home, (UnixFileMode)0b111_101_101);
        foreach (var file in Directory.EnumerateFiles(keys, $"provider-{name}*"))
            File.Copy(file, Path.Combine(own.FullName, Path.GetFileName(file)), overwrite: true);
        return new SpokenProcess(home, "provider", "start", "--hub", $"{hub}", "--name", $"provider-{name}",
            "--password-file", Path.Combine(folder, "node", "password"), "--image", "base", "--offer",
            "price=5,cpu=1,memory=512MiB,disk=512MiB,region=eu-de,stake=1000");
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
