using System.CommandLine;
using System.Text.Json.Nodes;
using Stun.Zk;
using Stun.Zk.Files;
using Stun.Zk.Groth16;
using Stun.Zk.Plonk;

namespace Stun.Commands;

/// <summary><c>stun zk inspect</c>: what a file of the field's tools is, and what it holds.</summary>
internal static class ZkInspection
{
    public static readonly Option<bool> Check = new("--check")
    {
        Description = "Go through all points of a key, and see whether its parts belong together; may take minutes.",
    };

    public static Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var path = ZkCommands.KeyOf(parsed);
        var rows = KindOf(path) switch
        {
            "r1cs" => OfCircuit(path),
            "wtns" => OfWitness(path),
            _ => OfKey(path, parsed.GetValue(Check), cancel),
        };
        if (ZkCommands.VerificationOutOf(parsed) is { } target) ZkCommands.WriteJson(target, VerificationKey(path));
        if (Shared.IsJson(parsed)) Screen.Write(rows.ToDictionary(row => row[0], row => row[1]));
        else Screen.Table(["WHAT", "VALUE"], rows);
        return Task.FromResult(Exits.Ok);
    }

    /// <summary>The verification key in a proving key.</summary>
    public static JsonNode VerificationKey(string path)
    {
        if (ZkeyFile.ProtocolOf(path) == ZkeyFile.Plonk)
        {
            using var plonk = PlonkKey.Open(path);
            return PlonkJson.Write(plonk.VerificationKey);
        }
        using var key = Groth16Key.Open(path);
        return Groth16Json.Write(key.VerificationKey);
    }

    /// <summary>Whether a verification key names PLONK; what else it is its reader says.</summary>
    public static bool IsPlonk(string path)
    {
        var length = new FileInfo(path).Length;
        if (length > 64 << 20) throw new ZkException(ZkCodes.FileLimit, $"{path} has {length} bytes: too many.");
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path)) is JsonObject key && key["protocol"] is JsonValue value
                && value.TryGetValue<string>(out var name) && name == "plonk";
        }
        catch (Exception broken) when (broken is System.Text.Json.JsonException or ArgumentException
            or InvalidOperationException)
        {
            throw new ZkException(ZkCodes.Json, $"{path} is no JSON document: {broken.Message}");
        }
    }

    private static string KindOf(string path)
    {
        using var stream = File.OpenRead(path);
        Span<byte> letters = stackalloc byte[4];
        return stream.ReadAtLeast(letters, 4, throwOnEndOfStream: false) == 4
            ? System.Text.Encoding.ASCII.GetString(letters)
            : "";
    }

    private static List<string[]> OfCircuit(string path)
    {
        var system = R1csFile.Read(path);
        var wires = system.Wires;
        return
        [
            ["kind", "circuit"], ["constraints", $"{system.Count}"], ["terms", $"{system.TermCount}"],
            ["wires", $"{wires.Wires}"], ["outputs", $"{wires.Outputs}"], ["public_inputs", $"{wires.PublicInputs}"],
            ["private_inputs", $"{wires.PrivateInputs}"],
        ];
    }

    private static List<string[]> OfWitness(string path)
    {
        using var witness = Witness.Read(path);
        return [["kind", "witness"], ["wires", $"{witness.Count}"]];
    }

    private static List<string[]> OfKey(string path, bool check, CancellationToken cancel)
    {
        if (ZkeyFile.ProtocolOf(path) == ZkeyFile.Plonk)
        {
            using var plonk = PlonkKey.Open(path);
            if (check) plonk.CheckParts(cancel);
            var shape = plonk.VerificationKey.Shape;
            return
            [
                ["kind", "plonk key"], ["gates", $"{plonk.GateCount}"], ["additions", $"{plonk.AdditionCount}"],
                ["wires", $"{plonk.Wires}"], ["public_values", $"{shape.PublicCount}"], ["domain", $"2^{shape.Power}"],
                ["bytes", $"{plonk.FileLength}"], ["insecure", plonk.IsInsecure ? "yes, it says so" : "not marked"],
                ["parts", check ? "belong together" : "not checked"],
            ];
        }
        using var key = Groth16Key.Open(path);
        if (check) key.CheckPoints(cancel);
        return
        [
            ["kind", "groth16 key"], ["wires", $"{key.Wires}"], ["public_values", $"{key.PublicCount}"],
            ["coefficients", $"{key.CoefficientCount}"], ["domain", $"2^{key.Power}"], ["bytes", $"{key.FileLength}"],
            ["insecure", key.IsInsecure ? "yes, it says so" : "not marked"],
            ["points", check ? "all of their groups, B the same in both" : "not checked"],
        ];
    }
}
