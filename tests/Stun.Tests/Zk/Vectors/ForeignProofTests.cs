using System.Text.Json;
using System.Text.Json.Nodes;
using Stun.Zk;
using Stun.Zk.Fields;
using Stun.Zk.Groth16;
using Stun.Zk.Plonk;

namespace Stun.Tests.Zk.Vectors;

/// <summary>
/// Proofs that another implementation made, kept as files: prover and verifier of ours could be wrong in the same way
/// and never notice.
/// </summary>
public sealed class ForeignProofTests
{
    [Fact]
    public void A_proof_of_groth16_that_snarkjs_made_holds_and_no_changed_one_does()
    {
        var vector = Read("groth16");
        var verifier = new Groth16Verifier(Groth16Json.ReadKey(Element(vector["key"]!), "key"));
        Assert.Null(verifier.Check(Publics(vector), Groth16Json.ReadProof(Element(vector["proof"]!), "proof")));
        foreach (var name in (string[])["pi_a", "pi_b", "pi_c"])
        {
            var changed = vector["proof"]!.DeepClone();
            changed[name]![0] = changed["pi_b"]![0]![0]!.GetValue<string>();
            RefusedAsPoint(() => verifier.Check(
                Publics(vector), Groth16Json.ReadProof(Element(changed), "proof")));
        }
        Assert.Equal(ZkCodes.Proof, verifier.Check([Publics(vector)[0] + Fr.One],
            Groth16Json.ReadProof(Element(vector["proof"]!), "proof"))?.Code);
    }

    [Fact]
    public void A_proof_of_plonk_that_snarkjs_made_holds_and_no_changed_one_does()
    {
        var vector = Read("plonk");
        var verifier = new PlonkVerifier(PlonkJson.ReadKey(Element(vector["key"]!), "key"));
        Assert.Null(verifier.Check(Publics(vector), PlonkJson.ReadProof(Element(vector["proof"]!), "proof")));
        foreach (var (name, value) in vector["proof"]!.AsObject())
        {
            if (name is "protocol" or "curve") continue;
            var changed = vector["proof"]!.DeepClone();
            if (value is JsonArray) changed[name]![0] = "1";
            else changed[name] = "1";
            if (value is JsonArray)
            {
                RefusedAsPoint(() => verifier.Check(Publics(vector), PlonkJson.ReadProof(Element(changed), "proof")));
                // A point that is one, of another part of the proof.
                changed[name] = vector["proof"]![name == "A" ? "B" : "A"]!.DeepClone();
            }
            Assert.Equal(ZkCodes.Proof,
                verifier.Check(Publics(vector), PlonkJson.ReadProof(Element(changed), "proof"))?.Code);
        }
    }

    private static void RefusedAsPoint(Func<ProofRefusal?> check)
    {
        string? code;
        try
        {
            code = check()?.Code;
        }
        catch (ZkException refused)
        {
            code = refused.Code;
        }
        Assert.Contains(code, (string[])[ZkCodes.Point, ZkCodes.Json, ZkCodes.Number]);
    }

    private static JsonNode Read(string name) =>
        JsonNode.Parse(File.ReadAllText(Repository.PathOf($"tests/Stun.Tests/Zk/Vectors/{name}.json")))!;

    private static Fr[] Publics(JsonNode vector) => [.. vector["publics"]!.AsArray().Select(each =>
        Fr.TryParse(each!.GetValue<string>(), out var value) ? value : throw new FormatException())];

    private static JsonElement Element(JsonNode node) => JsonSerializer.SerializeToElement(node);
}
