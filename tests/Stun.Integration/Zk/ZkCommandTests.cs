using System.Text.Json;
using System.Text.RegularExpressions;
using Stun.Execution.Tools;
using Stun.Integration.Commands;
using Stun.Zk.Circuits;
using Stun.Zk.Fields;
using Stun.Zk.Files;

namespace Stun.Integration.Zk;

/// <summary>
/// <c>stun zk</c> as a process: from a circuit to a proof that holds, and what it says of what does not.
/// </summary>
public sealed class ZkCommandTests : IDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("stun-zk-").FullName;

    public ZkCommandTests()
    {
        // out = x * x, and out is public.
        var system = new ConstraintSystem(new WireCounts(3, 1, 0, 1));
        system.Add([new(2, Fr.One)], [new(2, Fr.One)], [new(1, Fr.One)]);
        R1csFile.Write(At("c.r1cs"), system);
        using var witness = Witness.From([Fr.One, Fr.FromUInt64(169), Fr.FromUInt64(13)]);
        witness.Write(At("w.wtns"));
    }

    public void Dispose() => Directory.Delete(home, recursive: true);

    [Theory]
    [InlineData("groth16")]
    [InlineData("plonk")]
    public async Task A_circuit_becomes_a_key_a_proof_and_a_verdict(string system)
    {
        await DoneAsync("setup", At("c.r1cs"), At("k.zkey"), "--insecure", "--system", system, "--verification-key",
            At("vk.json"));
        await DoneAsync("prove", At("k.zkey"), At("w.wtns"), "--proof", At("p.json"), "--public", At("pub.json"));
        Assert.Equal("The proof holds.\n", await DoneAsync("verify", At("vk.json"), At("pub.json"), At("p.json")));
        Assert.Equal("""["169"]""", (await File.ReadAllTextAsync(At("pub.json"))).ReplaceLineEndings("")
            .Replace(" ", "", StringComparison.Ordinal));
        using var told = JsonDocument.Parse(await DoneAsync("inspect", At("k.zkey"), "--json"));
        Assert.Equal($"{system} key", told.RootElement.GetProperty("kind").GetString());
        Assert.Equal("yes, it says so", told.RootElement.GetProperty("insecure").GetString());

        await File.WriteAllTextAsync(At("pub.json"), """["170"]""");
        var refused = await CommandScene.RunInAsync(home, "zk", "verify", At("vk.json"), At("pub.json"), At("p.json"));
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("[zk.proof]", refused.Errors);
    }

    [Theory]
    [InlineData("groth16", 8)]
    [InlineData("plonk", 24)]
    public async Task The_arguments_for_a_contract_are_those_of_snarkjs(string system, int words)
    {
        var snarkjs = Path.Combine(WorkingCopy.Root, "tests/Stun.Integration/Zk/node_modules/snarkjs/build/cli.cjs");
        Assert.SkipUnless(File.Exists(snarkjs), "snarkjs is not installed: run npm ci in tests/Stun.Integration/Zk.");
        await DoneAsync("setup", At("c.r1cs"), At("k.zkey"), "--insecure", "--system", system);
        await DoneAsync("prove", At("k.zkey"), At("w.wtns"), "--proof", At("p.json"), "--public", At("pub.json"),
            "--call", At("call.json"));
        var theirs = await Tool.RunAsync(
            "node", [snarkjs, "zkey", "export", "soliditycalldata", At("pub.json"), At("p.json")],
            TimeSpan.FromMinutes(2));
        var expected = Words(theirs.Output);
        Assert.Equal(words + 1, expected.Length);
        Assert.Equal(expected, Words(await File.ReadAllTextAsync(At("call.json"))));

        static string[] Words(string text) => [.. Regex.Matches(text, "0x[0-9a-f]{64}").Select(match => match.Value)];
    }

    /// <summary>What the runtime is told to leave out stands for a machine that has not got it.</summary>
    [Theory]
    [InlineData("groth16")]
    [InlineData("plonk")]
    public async Task Machines_with_fewer_vectors_make_keys_and_proofs_that_hold_everywhere(string system)
    {
        // Long enough for lanes to be used at all.
        const int Steps = 700;
        var chain = new ConstraintSystem(new WireCounts(Steps + 2, 1, 0, 1));
        var values = new Fr[Steps + 2];
        (values[0], values[2]) = (Fr.One, Fr.FromUInt64(7).Inverse());
        for (var i = 0; i < Steps; i++)
        {
            var (from, to) = (i + 2, i == Steps - 1 ? 1 : i + 3);
            chain.Add([new(from, Fr.One)], [new(from, Fr.One)], [new(to, Fr.One)]);
            values[to] = values[from].Square();
        }
        R1csFile.Write(At("c.r1cs"), chain);
        using (var witness = Witness.From(values)) witness.Write(At("w.wtns"));
        (string, string)[] without = [("DOTNET_EnableAVX512", "0"), ("DOTNET_EnableAVX2", "0")];
        for (var setup = 0; setup <= without.Length; setup++)
        {
            await LimitedAsync(without[..setup], "setup", At("c.r1cs"), At("k.zkey"), "--insecure", "--system", system,
                "--verification-key", At("vk.json"));
            for (var prove = 0; prove <= without.Length; prove++)
            {
                await LimitedAsync(without[..prove], "prove", At("k.zkey"), At("w.wtns"), "--proof", At("p.json"),
                    "--public", At("pub.json"));
                await DoneAsync("verify", At("vk.json"), At("pub.json"), At("p.json"));
            }
        }
    }

    [Fact]
    public async Task What_cannot_be_done_has_a_code_and_a_cure()
    {
        var bare = await CommandScene.RunInAsync(home, "zk", "setup", At("c.r1cs"), At("k.zkey"));
        Assert.Equal(2, bare.ExitCode);
        Assert.Contains("--insecure", bare.Errors);
        Assert.False(File.Exists(At("k.zkey")));

        await DoneAsync("setup", At("c.r1cs"), At("k.zkey"), "--insecure");
        using (var wrong = Witness.From([Fr.One, Fr.FromUInt64(168), Fr.FromUInt64(13)])) wrong.Write(At("w.wtns"));
        var run = await CommandScene.RunInAsync(home, "zk", "prove", At("k.zkey"), At("w.wtns"), "--json", "--proof",
            At("p.json"));
        Assert.Equal(1, run.ExitCode);
        using var told = JsonDocument.Parse(run.Errors[run.Errors.IndexOf('{', StringComparison.Ordinal)..]);
        Assert.Equal("zk.witness", told.RootElement.GetProperty("code").GetString());
        Assert.False(File.Exists(At("p.json")));

        await File.WriteAllBytesAsync(At("k.zkey"), (await File.ReadAllBytesAsync(At("k.zkey")))[..^7]);
        var cut = await CommandScene.RunInAsync(home, "zk", "inspect", At("k.zkey"));
        Assert.Equal(1, cut.ExitCode);
        Assert.Contains("[zk.file-shape]", cut.Errors);
    }

    private async Task LimitedAsync((string Name, string Value)[] environment, params string[] words)
    {
        var run = await Tool.RunAsync("env", [$"STUN_HOME={home}",
            .. environment.Select(variable => $"{variable.Name}={variable.Value}"), "dotnet", CommandScene.Binary, "zk",
            .. words], TimeSpan.FromMinutes(2));
        Assert.True(run.ExitCode == 0, run.Errors);
    }

    private string At(string file) => Path.Combine(home, file);

    private async Task<string> DoneAsync(params string[] words)
    {
        var run = await CommandScene.RunInAsync(home, ["zk", .. words]);
        Assert.True(run.ExitCode == 0, run.Errors);
        return run.Output;
    }
}
