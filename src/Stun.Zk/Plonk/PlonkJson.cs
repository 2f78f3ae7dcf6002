using System.Text.Json;
using System.Text.Json.Nodes;
using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Files;

namespace Stun.Zk.Plonk;

/// <summary>Keys and proofs of PLONK in the JSON of snarkjs.</summary>
public static class PlonkJson
{
    private const string Protocol = "plonk";
    private const string Curve = "bn128";

    public static PlonkProof ReadProof(string path)
    {
        using var document = JsonReading.Open(path);
        return ReadProof(document.RootElement, path);
    }

    public static PlonkVerificationKey ReadKey(string path)
    {
        using var document = JsonReading.Open(path);
        return ReadKey(document.RootElement, path);
    }

    /// <summary>The proof as it stands there; that its points are of the curve the verifier checks.</summary>
    public static PlonkProof ReadProof(JsonElement json, string place)
    {
        json.RequireText("protocol", Protocol, place);
        json.RequireText("curve", Curve, place);
        AffinePoint<Fq> Point(string name) => json.Field(name, place).G1Point($"{place}: {name}");
        Fr Value(string name) => json.Field(name, place).Scalar($"{place}: {name}");
        return new PlonkProof(
            new PlonkCommitments(Point("A"), Point("B"), Point("C"), Point("Z"), Point("T1"), Point("T2"), Point("T3"),
                Point("Wxi"), Point("Wxiw")),
            new PlonkValues(Value("eval_a"), Value("eval_b"), Value("eval_c"), Value("eval_s1"), Value("eval_s2"),
                Value("eval_zw")));
    }

    public static PlonkVerificationKey ReadKey(JsonElement json, string place)
    {
        json.RequireText("protocol", Protocol, place);
        json.RequireText("curve", Curve, place);
        AffinePoint<Fq> Point(string name) => json.Field(name, place).G1Point($"{place}: {name}");
        int Count(string name)
        {
            var value = json.Field(name, place);
            if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count)) return count;
            throw new ZkException(ZkCodes.Json, $"{place}: \"{name}\" is no number.");
        }
        return new PlonkVerificationKey(
            new PlonkShape(Count("power"), Count("nPublic"), json.Field("k1", place).Scalar($"{place}: k1"),
                json.Field("k2", place).Scalar($"{place}: k2")),
            new PlonkGatePoints(Point("Qm"), Point("Ql"), Point("Qr"), Point("Qo"), Point("Qc"), Point("S1"),
                Point("S2"), Point("S3")),
            json.Field("X_2", place).G2Point($"{place}: X_2"));
    }

    public static JsonObject Write(PlonkProof proof)
    {
        ArgumentNullException.ThrowIfNull(proof);
        var json = new JsonObject();
        foreach (var (name, point) in proof.Commitments.Named) json[name] = JsonWriting.Of(point);
        var values = proof.Values;
        foreach (var (name, value) in new[]
        {
            ("eval_a", values.A), ("eval_b", values.B), ("eval_c", values.C), ("eval_s1", values.S1),
            ("eval_s2", values.S2), ("eval_zw", values.Zw),
        })
        {
            json[name] = value.ToString();
        }
        json["protocol"] = Protocol;
        json["curve"] = Curve;
        return json;
    }

    /// <summary>
    /// The arguments of a contract's <c>verifyProof</c> as JSON arrays: 24 words of the proof, then the public values.
    /// </summary>
    public static JsonArray Call(PlonkProof proof, ReadOnlySpan<Fr> publics)
    {
        ArgumentNullException.ThrowIfNull(proof);
        var words = new JsonArray();
        foreach (var (_, point) in proof.Commitments.Named)
        {
            words.Add((JsonNode)JsonWriting.Hex(point.X));
            words.Add((JsonNode)JsonWriting.Hex(point.Y));
        }
        var values = proof.Values;
        foreach (var value in (Fr[])[values.A, values.B, values.C, values.S1, values.S2, values.Zw])
        {
            words.Add((JsonNode)JsonWriting.Hex(value));
        }
        var shown = new JsonArray();
        foreach (var value in publics) shown.Add((JsonNode)JsonWriting.Hex(value));
        return new JsonArray(words, shown);
    }

    public static JsonObject Write(PlonkVerificationKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var json = new JsonObject
        {
            ["protocol"] = Protocol,
            ["curve"] = Curve,
            ["nPublic"] = key.PublicCount,
            ["power"] = key.Shape.Power,
            ["k1"] = key.Shape.K1.ToString(),
            ["k2"] = key.Shape.K2.ToString(),
        };
        foreach (var (name, point) in key.Gates.Named) json[name] = JsonWriting.Of(point);
        json["X_2"] = JsonWriting.Of(key.Secret);
        json["w"] = Fr.RootOfUnity(key.Shape.Power).ToString();
        return json;
    }
}
