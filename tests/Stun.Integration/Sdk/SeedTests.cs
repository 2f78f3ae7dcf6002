using System.Text.Json;
using Stun.Execution.Tools;
using Stun.Integration.Chains;
using Stun.Integration.Serving;
using Stun.Node.Gateway;
using Stun.Node.Hosting;

namespace Stun.Integration.Sdk;

/// <summary>The program with which the network was first described runs as it was written.</summary>
public sealed class SeedTests
{
    /// <summary>To the letter; of the names in it only the key is another.</summary>
    private const string Program = """
        from stun_sdk import StunClient, Model, Task

        # Initialize client
        client = StunClient(api_key="your_api_key")

        # Load or upload model
        model = Model.from_file("my_model.pth")
        model_id = client.upload_model(model)

        # Create task
        task = Task(
            model_id=model_id,
            input_data="path/to/data",
            requirements={
                "gpu_memory": "16GB",
                "compute_capability": "8.0+",
                "privacy": "tee"  # Use TEE
            }
        )

        # Submit task
        result = client.submit_task(task)

        # Wait for completion
        result.wait()

        # Get result
        output = result.get_output()
        print(f"Result: {output}")

        """;

    [Fact]
    public async Task The_first_program_of_all_runs_as_it_was_written_and_its_result_is_verified_and_paid()
    {
        Assert.SkipUnless(Tool.Find("python3") is not null, "python3 is not installed: see eng/prerequisites.");
        Assert.SkipUnless(ChainScene.IsPossible, "anvil is not installed: see eng/prerequisites.");
        // Hardware that this machine does not have, and says so.
        await using var scene = await ServingScene.StartAsync(options => options with
        {
            HasChain = true,
            Pretence = Pretence.Gpu | Pretence.Tee,
            ValidatorCount = 3,
        });
        var home = Path.Combine(scene.Directory, "home");
        Directory.CreateDirectory(Path.Combine(home, "path", "to"));
        await File.WriteAllBytesAsync(Path.Combine(home, "my_model.pth"), await scene.TrainAsync("digits"), Cancel);
        var images = JsonSerializer.Serialize(new[] { ModelTests.Seven, ModelTests.One });
        await File.WriteAllTextAsync(Path.Combine(home, "path/to/data"), images, Cancel);
        var key = scene.KeyOf(ApiRole.Requester, scene.Network.Requester.Address);
        var said = await RunAsync(scene, home, Program.Replace("your_api_key", key, StringComparison.Ordinal));
        Assert.StartsWith("Result: {'data': [{'chance': ", said);
        Assert.Matches("'digit': 7}.*'digit': 1}", said);
        // Two providers agreed, validators signed, and the money went to the chain: believed by nobody's word.
        said = await RunAsync(scene, home, Check.Replace("KEY", key, StringComparison.Ordinal));
        Assert.Matches(@"^Complete 2 [1-9]\d* [1-9]\d*\n$", said);
    }

    private const string Check = """
        from stun_sdk import StunClient
        from stun_sdk.receipts import Terms

        stun = StunClient("KEY")
        task = stun.wait(next(stun.tasks()), timeout=90, until_settled=True)
        terms, proof = Terms.from_json(stun.network()["terms"]), None
        while proof is None or proof.batch is None:
            proof = stun.verified(task, terms)
        providers = {each.message["provider"] for each in proof.bundle.receipts}
        print(proof.outcome, len(providers), proof.division.charged, proof.batch)
        """;

    private static async Task<string> RunAsync(ServingScene scene, string home, string program)
    {
        await File.WriteAllTextAsync(Path.Combine(home, "program.py"), program, Cancel);
        var run = await Tool.RunAsync("env",
            ["-C", home, $"PYTHONPATH={Path.Combine(WorkingCopy.Root, "sdk/python")}", "PYTHONDONTWRITEBYTECODE=1",
                $"STUN_NODE={scene.Http.BaseAddress}", "python3", "program.py"],
            TimeSpan.FromMinutes(3), Cancel);
        Assert.True(run.ExitCode == 0, run.Errors);
        return run.Output;
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
