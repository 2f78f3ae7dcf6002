using System.Text.Json;
using System.Text.Json.Nodes;
using Stun.Execution.Tools;
using Stun.Zk.Circuits;
using Stun.Zk.Fields;
using Stun.Zk.Files;
using Stun.Zk.Groth16;
using Stun.Zk.Plonk;

namespace Stun.Integration.Zk;

/// <summary>
/// Circuits described in C#, before the field's tools: their files are read, the witness fits, our proofs hold, and
/// the proofs that they make with our keys hold here.
/// </summary>
public sealed class OurCircuitTests : IDisposable
{
    /// <summary>PLONK needs a gate for each term of a sum: larger circuits would take this test minutes.</summary>
    private const int PlonkMax = 300;

    private readonly string folder = Directory.CreateTempSubdirectory("stun-zk-").FullName;

    [Fact]
    public async Task Circuits_of_ours_are_read_proved_and_verified_by_the_tools_of_the_field()
    {
        Assert.True(OurCircuits.All.Count >= 10);
        Assert.SkipUnless(Directory.Exists(Path.Combine(WorkingCopy.Root, "tests/Stun.Integration/Zk/node_modules")),
            "snarkjs is not installed: run npm ci in tests/Stun.Integration/Zk.");
        foreach (var (circuit, inputs) in OurCircuits.All) Make(CompiledCircuit.From(circuit), inputs);
        var script = Path.Combine(WorkingCopy.Root, "tests/Stun.Integration/Zk/ours.mjs");
        var run = await Tool.RunAsync(
            "node", [script, Path.Combine(folder, "circuits")], TimeSpan.FromMinutes(8));
        Assert.True(run.ExitCode == 0, run.Errors);

        using var verdicts = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "verdicts.json")));
        foreach (var (circuit, _) in OurCircuits.All)
        {
            var verdict = verdicts.RootElement.GetProperty(circuit.Name);
            Assert.True(verdict.GetProperty("fits").GetBoolean(), circuit.Name);
            foreach (var system in verdict.GetProperty("right").EnumerateObject())
            {
                Assert.True(system.Value.GetBoolean(), $"{circuit.Name} {system.Name}");
                Assert.False(verdict.GetProperty("wrong").GetProperty(system.Name).GetBoolean(),
                    $"{circuit.Name} {system.Name}");
                CheckTheirs(circuit.Name, system.Name);
            }
        }
    }

    public void Dispose() => Directory.Delete(folder, true);

    private void Make(CompiledCircuit circuit, Assignment inputs)
    {
        Directory.CreateDirectory(At(circuit.Name, ""));
        R1csFile.Write(At(circuit.Name, "c.r1cs"), circuit.Constraints);
        using var witness = Witness.From(circuit.Solve(inputs));
        witness.Write(At(circuit.Name, "w.wtns"));
        var publics = PublicValues.Of(witness, circuit.Constraints.Wires.Public);
        Save(circuit.Name, "public.json", PublicValues.Write(publics));

        InsecureSetup.Write(At(circuit.Name, "groth16.zkey"), circuit.Constraints);
        using var key = Groth16Key.Open(At(circuit.Name, "groth16.zkey"));
        Save(circuit.Name, "groth16.proof.json", Groth16Json.Write(new Groth16Prover(key).Prove(witness)));
        Save(circuit.Name, "groth16.vk.json", Groth16Json.Write(key.VerificationKey));
        if (circuit.Constraints.Count > PlonkMax) return;

        PlonkInsecureSetup.Write(At(circuit.Name, "plonk.zkey"), circuit.Constraints);
        using var plonk = PlonkKey.Open(At(circuit.Name, "plonk.zkey"));
        Save(circuit.Name, "plonk.proof.json", PlonkJson.Write(new PlonkProver(plonk).Prove(witness)));
        Save(circuit.Name, "plonk.vk.json", PlonkJson.Write(plonk.VerificationKey));
    }

    private void CheckTheirs(string name, string system)
    {
        using var made = JsonDocument.Parse(File.ReadAllText(At(name, $"{system}.made.json")));
        var publics = made.RootElement.GetProperty("publicSignals").EnumerateArray()
            .Select(each => Fr.TryParse(each.GetString(), out var value) ? value : throw new FormatException())
            .ToArray();
        var proof = made.RootElement.GetProperty("proof");
        Assert.True(Holds(publics), $"{name} {system}");
        publics[0] += Fr.One;
        Assert.False(Holds(publics), $"{name} {system}");

        bool Holds(Fr[] values) => system == "plonk"
            ? new PlonkVerifier(PlonkJson.ReadKey(At(name, "plonk.vk.json")))
                .Verify(values, PlonkJson.ReadProof(proof, "theirs"))
            : new Groth16Verifier(Groth16Json.ReadKey(At(name, "groth16.vk.json")))
                .Verify(values, Groth16Json.ReadProof(proof, "theirs"));
    }

    private string At(string name, string file) => Path.Combine(folder, "circuits", name, file);

    private void Save(string name, string file, JsonNode node) =>
        File.WriteAllText(At(name, file), node.ToJsonString());
}
