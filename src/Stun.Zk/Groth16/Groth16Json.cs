using System.Text.Json;
using System.Text.Json.Nodes;
using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Files;

namespace Stun.Zk.Groth16;

/// <summary>Keys and proofs of Groth16 in the JSON of snarkjs, and as the arguments of a verifying contract.</summary>
public static class Groth16Json
{
    private const string Protocol = "groth16";
    private const string Curve = "bn128";

    public static Groth16Proof ReadProof(string path)
    {
        using var document = JsonReading.Open(path);
        return ReadProof(document.RootElement, path);
    }

    public static Groth16VerificationKey ReadKey(string path)
    {
        using var document = JsonReading.Open(path);
        return ReadKey(document.RootElement, path);
    }

    /// <summary>A key that is no file, read as strictly.</summary>
    /// <param name="place">What messages call it.</param>
    public static Groth16VerificationKey ReadKey(ReadOnlyMemory<byte> json, string place)
    {
        using var document = JsonReading.Parse(json, place);
        return ReadKey(document.RootElement, place);
    }

    /// <summary>The proof as it stands there; that its points are of their groups the verifier checks.</summary>
    public static Groth16Proof ReadProof(JsonElement json, string place)
    {
        json.RequireText("protocol", Protocol, place);
        json.RequireText("curve", Curve, place);
        return new Groth16Proof(
            json.Field("pi_a", place).G1Point($"{place}: pi_a"),
            json.Field("pi_b", place).G2Point($"{place}: pi_b"),
            json.Field("pi_c", place).G1Point($"{place}: pi_c"));
    }

    public static Groth16VerificationKey ReadKey(JsonElement json, string place)
    {
        json.RequireText("protocol", Protocol, place);
        json.RequireText("curve", Curve, place);
        var inputs = json.Field("IC", place).Elements($"{place}: IC");
        var count = json.Field("nPublic", place);
        if (count.ValueKind != JsonValueKind.Number || !count.TryGetInt32(out var publics)
            || publics != inputs.Length - 1)
        {
            throw new ZkException(ZkCodes.Json, $"{place}: \"nPublic\" is not one less than the points of \"IC\".");
        }
        return new Groth16VerificationKey(
            json.Field("vk_alpha_1", place).G1Point($"{place}: vk_alpha_1"),
            json.Field("vk_beta_2", place).G2Point($"{place}: vk_beta_2"),
            json.Field("vk_gamma_2", place).G2Point($"{place}: vk_gamma_2"),
            json.Field("vk_delta_2", place).G2Point($"{place}: vk_delta_2"),
            [.. inputs.Select((input, i) => input.G1Point($"{place}: IC[{i}]"))]);
    }

    public static JsonObject Write(Groth16Proof proof)
    {
        ArgumentNullException.ThrowIfNull(proof);
        return new JsonObject
        {
            ["pi_a"] = JsonWriting.Of(proof.A),
            ["pi_b"] = JsonWriting.Of(proof.B),
            ["pi_c"] = JsonWriting.Of(proof.C),
            ["protocol"] = Protocol,
            ["curve"] = Curve,
        };
    }

    public static JsonObject Write(Groth16VerificationKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var inputs = new JsonArray();
        foreach (var input in key.Inputs) inputs.Add((JsonNode)JsonWriting.Of(input));
        return new JsonObject
        {
            ["protocol"] = Protocol,
            ["curve"] = Curve,
            ["nPublic"] = key.PublicCount,
            ["vk_alpha_1"] = JsonWriting.Of(key.Alpha),
            ["vk_beta_2"] = JsonWriting.Of(key.Beta),
            ["vk_gamma_2"] = JsonWriting.Of(key.Gamma),
            ["vk_delta_2"] = JsonWriting.Of(key.Delta),
            ["IC"] = inputs,
        };
    }

    /// <summary>
    /// The arguments of a contract's <c>verifyProof</c> as JSON arrays: A, B, C, public values. The EVM has the
    /// parts of
    /// each coordinate of G2 the other way round (EIP-197).
    /// </summary>
    public static JsonArray Call(Groth16Proof proof, ReadOnlySpan<Fr> publics)
    {
        ArgumentNullException.ThrowIfNull(proof);
        var values = new JsonArray();
        foreach (var value in publics) values.Add((JsonNode)JsonWriting.Hex(value));
        return new JsonArray(Call(proof.A), new JsonArray(Call(proof.B.X), Call(proof.B.Y)), Call(proof.C), values);
    }

    private static JsonArray Call(AffinePoint<Fq> point) => new(JsonWriting.Hex(point.X), JsonWriting.Hex(point.Y));

    private static JsonArray Call(Fq2 value) => new(JsonWriting.Hex(value.C1), JsonWriting.Hex(value.C0));
}
