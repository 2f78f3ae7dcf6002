using System.Text.Json;
using System.Text.Json.Nodes;
using Stun.Execution.Tools;
using Stun.Zk.Fields;
using Stun.Zk.Files;
using Stun.Zk.Groth16;
using Stun.Zk.Plonk;

namespace Stun.Integration.Zk;

/// <summary>
/// Circuits of circom, of many shapes, and what both sides make of them: their compiler and witnesses, our keys, our
/// proofs, their judgement, their proofs from our keys; for two circuits also their keys. All is made once.
/// </summary>
public sealed class InteroperabilityScene : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly string folder = Directory.CreateTempSubdirectory("stun-zk-").FullName;

    private static string Scripts => Path.Combine(WorkingCopy.Root, "tests/Stun.Integration/Zk");

    public JsonElement Verdicts { get; private set; }

    /// <summary>Each circuit with each proof system and each maker of a key.</summary>
    public IReadOnlyList<(string Circuit, string Maker, string System)> Cases { get; private set; } = [];

    public int Circuits { get; private set; }

    public async ValueTask InitializeAsync()
    {
        await TheirsAsync("prepare");
        using var inputs = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Scripts, "inputs.json")));
        var names = inputs.RootElement.EnumerateObject().Select(each => each.Name).ToList();
        Circuits = names.Count;
        var cases = new List<(string, string, string)>();
        foreach (var name in names)
        {
            var system = R1csFile.Read(At(name, "c.r1cs"));
            InsecureSetup.Write(At(name, "ours.groth16.zkey"), system);
            PlonkInsecureSetup.Write(At(name, "ours.plonk.zkey"), system);
            foreach (var maker in (string[])["ours", "theirs"])
            {
                if (!File.Exists(At(name, $"{maker}.groth16.zkey"))) continue;
                ProveGroth16(name, maker);
                ProvePlonk(name, maker);
                cases.Add((name, maker, "groth16"));
                cases.Add((name, maker, "plonk"));
            }
        }
        Cases = cases;
        await TheirsAsync("answer");
        using var verdicts = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "verdicts.json")));
        Verdicts = verdicts.RootElement.Clone();
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    public string At(string name, string file) => Path.Combine(folder, name, file);

    /// <summary>They make no proof of PLONK where nothing is public.</summary>
    public bool HasTheirs(string circuit, string maker, string system) =>
        File.Exists(At(circuit, $"made.{maker}.{system}.json"));

    /// <summary>The proof and public values that they have made with a key.</summary>
    public (JsonElement Proof, Fr[] Publics) Theirs(string circuit, string maker, string system)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(At(circuit, $"made.{maker}.{system}.json")));
        var publics = document.RootElement.GetProperty("publicSignals").EnumerateArray()
            .Select(each => Fr.TryParse(each.GetString(), out var value) ? value : throw new FormatException())
            .ToArray();
        return (document.RootElement.GetProperty("proof").Clone(), publics);
    }

    private void ProveGroth16(string name, string maker)
    {
        using var key = Groth16Key.Open(At(name, $"{maker}.groth16.zkey"));
        using var witness = Witness.Read(At(name, "w.wtns"));
        var proof = new Groth16Prover(key).Prove(witness);
        Groth16Proof[] wrong = [proof with { A = -proof.A }, proof with { A = proof.C, C = proof.A }];
        Save(name, $"{maker}.groth16.wrong.json", new JsonArray([.. wrong.Select(Groth16Json.Write)]));
        Save(name, $"{maker}.groth16.proof.json", Groth16Json.Write(proof));
        // Their own form of a key of theirs is there already, and must be what ours is.
        if (maker == "ours") Save(name, "ours.groth16.vk.json", Groth16Json.Write(key.VerificationKey));
        Save(name, "public.json", PublicValues.Write(PublicValues.Of(witness, key.PublicCount)));
    }

    private void ProvePlonk(string name, string maker)
    {
        using var key = PlonkKey.Open(At(name, $"{maker}.plonk.zkey"));
        using var witness = Witness.Read(At(name, "w.wtns"));
        var proof = new PlonkProver(key).Prove(witness);
        var (points, values) = (proof.Commitments, proof.Values);
        PlonkProof[] wrong =
        [
            proof with { Commitments = points with { Z = -points.Z } },
            proof with { Values = values with { Zw = values.Zw + Fr.One } },
        ];
        Save(name, $"{maker}.plonk.wrong.json", new JsonArray([.. wrong.Select(PlonkJson.Write)]));
        Save(name, $"{maker}.plonk.proof.json", PlonkJson.Write(proof));
        if (maker == "ours") Save(name, "ours.plonk.vk.json", PlonkJson.Write(key.VerificationKey));
    }

    private void Save(string name, string file, JsonNode node) =>
        File.WriteAllText(At(name, file), node.ToJsonString());

    private async Task TheirsAsync(string step)
    {
        var run = await Tool.RunAsync("node", [Path.Combine(Scripts, "theirs.mjs"), step, folder], Patience);
        Assert.True(run.ExitCode == 0, run.Errors);
    }
}
