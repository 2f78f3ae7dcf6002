using System.Text;
using System.Text.Json.Nodes;
using Stun.Execution.Containers;
using Stun.Integration.Serving;
using Stun.Node.Provider;
using Stun.Zk.Circuits.Tasks;
using Stun.Zk.Fields;
using Stun.Zk.Hashes;
using Stun.Zk.Networks;

namespace Stun.Integration.Proofs;

/// <summary>Tasks whose results are proved: nobody runs them a second time, and nobody believes the provider.</summary>
public sealed class ProofTests
{
    private static readonly byte[] Input = [3, 250, 17, 128];

    [Fact]
    public async Task The_answer_of_a_network_that_nobody_sees_is_proved_and_paid()
    {
        await using var scene = await ProofScene.StartAsync();
        var (key, circuit) = await scene.SetUpAsync(ProofScene.Shape);
        var refused = await scene.HandInAsync(await scene.InferenceAsync(key, Input), circuit);
        await UntilFailedAsync(scene, refused, "proves nothing of its own");
        await scene.TrustAsync(key);
        var task = await scene.HandInAsync(await scene.InferenceAsync(key, Input), circuit);
        await scene.UntilCompleteAsync(task);
        var expected = ProofScene.Network.Run([.. Input.Select(value => unchecked((sbyte)value))]);
        var words = await scene.WordsAsync(task);
        Assert.True(Packing.TryUnpack(words, expected.Length, InferenceCircuit.OutputBits, out var outputs));
        Assert.Equal(expected, outputs);
        var why = await scene.WhyAsync(task);
        var attempt = why.GetProperty("attempts")[0];
        Assert.Equal(nameof(AttemptEnd.Finished), attempt.GetProperty("end").GetString());
        Assert.NotEqual("0", attempt.GetProperty("paid").GetString());
    }

    [Fact]
    public async Task A_network_that_no_provider_has_is_not_answered_for()
    {
        await using var scene = await ProofScene.StartAsync();
        var (key, circuit) = await scene.SetUpAsync(ProofScene.Shape);
        await scene.TrustAsync(key);
        var statement = await scene.InferenceAsync(key, Input, Fr.FromUInt64(9));
        var task = await scene.HandInAsync(statement, circuit);
        await UntilFailedAsync(scene, task, "no network");
    }

    [Fact]
    public async Task A_key_of_another_circuit_costs_no_reputation_and_gives_no_result()
    {
        await using var scene = await ProofScene.StartAsync();
        var (key, _) = await scene.SetUpAsync(ProofScene.Shape);
        await scene.TrustAsync(key);
        var (_, other) = await scene.SetUpAsync(ProofScene.Shape);
        var task = await scene.HandInAsync(await scene.InferenceAsync(key, Input), other);
        await UntilFailedAsync(scene, task, "not of the circuit");
    }

    [Fact]
    public async Task A_proof_of_another_task_or_of_another_answer_is_never_paid()
    {
        var forger = new Forger();
        await using var scene = await ProofScene.StartAsync(honest => forger.Around(honest));
        var (key, circuit) = await scene.SetUpAsync(ProofScene.Shape);
        await scene.TrustAsync(key, forger.Around);
        var statement = await scene.InferenceAsync(key, Input);
        var first = await scene.HandInAsync(statement, circuit);
        await scene.UntilCompleteAsync(first);
        foreach (var lie in (Lie[])[Lie.Replay, Lie.OtherResult, Lie.NoProof])
        {
            forger.Lie = lie;
            var task = await scene.HandInAsync(statement, circuit);
            await UntilFailedAsync(scene, task, "");
            foreach (var attempt in (await scene.WhyAsync(task)).GetProperty("attempts").EnumerateArray())
                Assert.False(attempt.TryGetProperty("paid", out var paid) && paid.GetString() != "0");
        }
        forger.Lie = Lie.None;
        await scene.UntilCompleteAsync(await scene.HandInAsync(statement, circuit));
    }

    [Fact]
    public async Task What_validators_measured_is_shown_to_be_enough_and_not_how_much_it_is()
    {
        await using var scene = await ProofScene.StartAsync();
        var provider = scene.Node.Network.Providers[1].Key.Address;
        var bytes = new byte[Address.Size];
        provider.Write(bytes);
        var owner = Fr.FromBigInteger(new System.Numerics.BigInteger(bytes, true, true));
        Fr kind = Fr.FromUInt64(4), salt = Fr.FromUInt64(123), sibling = Fr.FromUInt64(5);
        var leaf = CapabilityWitness.LeafOf(owner, kind, 900, salt);
        var tree = new PoseidonTree(1, [sibling, leaf]);
        var root = tree.Root;
        File.WriteAllText(Path.Combine(scene.Secrets, "speed.measurement.json"), $$"""
            {"provider":"{{provider}}","root":"{{root}}","kind":"{{kind}}","score":900,"salt":"{{salt}}","place":1,
             "siblings":["{{tree.PathOf(1)[0]}}"]}
            """);
        var (key, verification) = await scene.SetUpAsync(new CapabilityCircuit(1));
        await scene.TrustAsync(key);
        var wanted = $$""","providers":{"allowed":["{{provider}}"]}""";
        Task<string> ThresholdAsync(int threshold) => scene.StatementAsync(new JsonObject
        {
            ["kind"] = "capability",
            ["key"] = key,
            ["height"] = 1,
            ["root"] = $"{root}",
            ["measured"] = $"{kind}",
            ["threshold"] = threshold,
        });

        var enough = await scene.HandInAsync(await ThresholdAsync(800), verification, wanted);
        await scene.UntilCompleteAsync(enough);
        Assert.Equal([root, kind, Fr.FromUInt64(800)], await scene.WordsAsync(enough));
        var more = await scene.HandInAsync(await ThresholdAsync(901), verification, wanted);
        await UntilFailedAsync(scene, more, "no measurement as high");
    }

    [Fact]
    public async Task A_program_runs_in_a_container_and_a_proof_shows_that_its_provider_knows_what_it_wrote()
    {
        const int length = 32;
        await using var scene = await ServingScene.StartAsync();
        var (key, circuit) = ProofScene.KeysOf(new CompletionCircuit(length));
        var statement = Encoding.UTF8.GetBytes($$"""
            {"kind":"completion","key":"{{await scene.UploadAsync(key)}}","length":{{length}},"file":"answer"}
            """);
        var named = await scene.UploadAsync(statement);
        var (task, file) = await scene.RunAsync($$"""
            {"image":"{{scene.Image}}","outputs":["answer"],"run_time_max_seconds":30,
             "command":["/usr/bin/python3","-c","open('/out/answer','wb').write(b'forty-two'.ljust({{length}}))"],
             "inputs":[{"name":"statement","digest":"{{named}}","size":{{statement.Length}}}],
             "verification":{"kind":"zk","circuit":"{{await scene.UploadAsync(circuit)}}"},
             "resources":{"cpu_millis":1000,"memory_mib":256,"disk_mib":32} }
            """, "answer");
        Assert.Equal("forty-two".PadRight(length), Encoding.UTF8.GetString(file));
        await scene.UntilAsync(async () => (await scene.WhyAsync(task)).Contains("delivered a result"));
    }

    private static async Task UntilFailedAsync(ProofScene scene, string task, string said)
    {
        using var within = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var why = await scene.WhyAsync(task);
            var ended = why.GetProperty("attempts").EnumerateArray().ToList();
            if (ended.Any(attempt => attempt.TryGetProperty("end", out var end)
                && end.GetString() == nameof(AttemptEnd.Failed)
                && attempt.ToString().Contains(said, StringComparison.Ordinal))) break;
            await Task.Delay(50, within.Token);
        }
        await scene.Node.AskAsync("POST", $"/v1/tasks/{task}/cancel", "{}");
        await scene.Node.UntilAsync(task, "cancelled");
    }

    private enum Lie
    {
        None,

        /// <summary>Result and proof of the first task.</summary>
        Replay,

        /// <summary>A proof of this task, beside a result that it does not show.</summary>
        OtherResult,

        NoProof,
    }

    private sealed class Forger
    {
        private RunOutcome.Done? first;

        public Lie Lie { get; set; }

        public IExecutor Around(IExecutor honest) => new Executor(this, honest);

        private sealed class Executor(Forger forger, IExecutor honest) : IExecutor
        {
            public async Task<RunOutcome> RunAsync(ExecutionRequest request, LogSink sink, CancellationToken stop)
            {
                var outcome = await honest.RunAsync(request, sink, stop);
                if (outcome is not RunOutcome.Done done) return outcome;
                forger.first ??= done;
                return forger.Lie switch
                {
                    Lie.Replay => done with { Result = forger.first.Result, Proof = forger.first.Proof },
                    Lie.OtherResult => done with { Result = forger.first.Proof },
                    Lie.NoProof => done with { Proof = Digest.Zero },
                    _ => done,
                };
            }
        }
    }
}
