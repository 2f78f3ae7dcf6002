using System.CommandLine;
using System.Text.Json.Nodes;
using Stun.Zk;
using Stun.Zk.Fields;
using Stun.Zk.Files;
using Stun.Zk.Groth16;
using Stun.Zk.Plonk;

namespace Stun.Commands;

/// <summary><c>stun zk</c>: zero-knowledge proofs in the forms of the field's tools, on this machine alone.</summary>
internal static class ZkCommands
{
    private const string Groth16 = "groth16";
    private const string Plonk = "plonk";

    private static readonly Argument<string> Circuit = File("CIRCUIT", "The circuit, as circom writes it (.r1cs).");
    private static readonly Argument<string> Key = File("KEY", "The proving key (.zkey).");
    private static readonly Argument<string> WitnessFile = File("WITNESS", "The values of all wires (.wtns).");
    private static readonly Argument<string> Verification = File("VERIFICATION_KEY", "The verification key, as JSON.");
    private static readonly Argument<string> Public = File("PUBLIC", "The public values, as JSON.");
    private static readonly Argument<string> Proof = File("PROOF", "The proof, as JSON.");

    private static readonly Option<string> ProofOut = new("--proof")
    {
        Description = "Where the proof goes.",
        HelpName = "FILE",
        DefaultValueFactory = _ => "proof.json",
    };

    private static readonly Option<string> PublicOut = new("--public")
    {
        Description = "Where the public values go.",
        HelpName = "FILE",
        DefaultValueFactory = _ => "public.json",
    };

    private static readonly Option<string?> CallOut = new("--call")
    {
        Description = "Also write the arguments for a verifying contract there.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> VerificationOut = new("--verification-key")
    {
        Description = "Also write the verification key there.",
        HelpName = "FILE",
    };

    private static readonly Option<string> System = new("--system")
    {
        Description = "The proof system: groth16 or plonk.",
        DefaultValueFactory = _ => Groth16,
    };

    private static readonly Option<bool> Insecure = new("--insecure")
    {
        Description = "Yes: whoever runs this could prove anything under the key. For development only.",
    };

    static ZkCommands() => System.AcceptOnlyFromAmong(Groth16, Plonk);

    public static Command Make() => Shared.Group("zk", "Zero-knowledge proofs: Groth16 and PLONK over BN254.",
        Shared.Local("setup", "Make a proving key from a circuit, for development.",
            [Circuit, Key, System, Insecure, VerificationOut, Shared.Json], SetUpAsync,
            "stun zk setup circuit.r1cs circuit.zkey --insecure --verification-key vk.json"),
        Shared.Local("prove", "Prove that a witness keeps a circuit, and show its public values only.",
            [Key, WitnessFile, ProofOut, PublicOut, CallOut, Shared.Json], ProveAsync,
            "stun zk prove circuit.zkey witness.wtns --proof proof.json --public public.json"),
        Shared.Local("verify", "Check a proof. Ends with 0 if it holds and with 3 if it does not.",
            [Verification, Public, Proof, Shared.Json], VerifyAsync, "stun zk verify vk.json public.json proof.json"),
        Shared.Local("inspect", "What a circuit, witness or proving key holds.",
            [Key, VerificationOut, ZkInspection.Check, Shared.Json], ZkInspection.RunAsync,
            "stun zk inspect circuit.zkey", "stun zk inspect circuit.zkey --verification-key vk.json"));

    /// <summary>What to do about each code.</summary>
    public static CommandException Told(ZkException failure) => new(failure.Code, failure.Message, failure.Code switch
    {
        ZkCodes.FileKind => "Look at which file stands where; 'stun zk inspect FILE' says what one is.",
        ZkCodes.FileShape or ZkCodes.Number => "Copy or make the file again: it is damaged or cut off.",
        ZkCodes.FileLimit => "Use a smaller circuit, or check where the file comes from.",
        ZkCodes.Prime => "Compile the circuit for BN254, which circom calls bn128.",
        ZkCodes.Point => "Do not trust where the file comes from: no tool writes such a point by mistake.",
        ZkCodes.Json => "Write it as snarkjs does; docs/reference/zk.md shows the forms.",
        ZkCodes.Publics => "Give the public values that belong to this key.",
        ZkCodes.Witness => "Make the witness again, with the circuit that the key was made from.",
        ZkCodes.Circuit => "Change the circuit: the message says what about it.",
        _ => "Ask for another proof.",
    });

    private static Task<int> SetUpAsync(ParseResult parsed, CancellationToken cancel)
    {
        if (!parsed.GetValue(Insecure))
        {
            throw CommandException.Usage(
                "A key that one party makes is insecure: that party could prove anything under it.",
                "Add --insecure if it is for development, or bring a key from a ceremony.");
        }
        var (path, target) = (parsed.GetValue(Circuit)!, parsed.GetValue(Key)!);
        var system = R1csFile.Read(path);
        Step("constraints read", 100);
        if (parsed.GetValue(System) == Plonk) PlonkInsecureSetup.Write(target, system);
        else InsecureSetup.Write(target, system);
        Step("key written", 1000);
        if (parsed.GetValue(VerificationOut) is { } file) WriteJson(file, ZkInspection.VerificationKey(target));
        if (Shared.IsJson(parsed))
        {
            Screen.Write(new { Key = target, Constraints = system.Count, system.Wires.Wires, Insecure = true });
        }
        else
        {
            Screen.Line($"{target}: an INSECURE key for {system.Count} constraints on {system.Wires.Wires} wires.");
        }
        return Task.FromResult(Exits.Ok);
    }

    private static Task<int> ProveAsync(ParseResult parsed, CancellationToken cancel)
    {
        var path = parsed.GetValue(Key)!;
        using var witness = Witness.Read(parsed.GetValue(WitnessFile)!);
        var (proof, publics, call) = ZkeyFile.ProtocolOf(path) == ZkeyFile.Plonk
            ? ProvePlonk(path, witness, cancel)
            : ProveGroth16(path, witness, cancel);
        var (proofFile, publicFile) = (parsed.GetValue(ProofOut)!, parsed.GetValue(PublicOut)!);
        WriteJson(proofFile, proof);
        WriteJson(publicFile, PublicValues.Write(publics));
        if (parsed.GetValue(CallOut) is { } callFile) WriteJson(callFile, call);
        if (Shared.IsJson(parsed))
        {
            Screen.Write(new { Proof = proofFile, Public = publicFile, PublicValues = publics.Length });
        }
        else
        {
            Screen.Line($"{proofFile}: a proof for the {publics.Length} public values in {publicFile}.");
        }
        return Task.FromResult(Exits.Ok);
    }

    private static (JsonNode Proof, Fr[] Publics, JsonNode Call) ProveGroth16(
        string path, Witness witness, CancellationToken cancel)
    {
        using var key = Groth16Key.Open(path);
        if (key.IsInsecure) Screen.Note("stun: this key says of itself that it is insecure.");
        var proof = new Groth16Prover(key) { Progress = Step, Stop = cancel }.Prove(witness);
        var publics = PublicValues.Of(witness, key.PublicCount);
        return (Groth16Json.Write(proof), publics, Groth16Json.Call(proof, publics));
    }

    private static (JsonNode Proof, Fr[] Publics, JsonNode Call) ProvePlonk(
        string path, Witness witness, CancellationToken cancel)
    {
        using var key = PlonkKey.Open(path);
        if (key.IsInsecure) Screen.Note("stun: this key says of itself that it is insecure.");
        var proof = new PlonkProver(key) { Progress = Step, Stop = cancel }.Prove(witness);
        var publics = PublicValues.Of(witness, key.VerificationKey.PublicCount);
        return (PlonkJson.Write(proof), publics, PlonkJson.Call(proof, publics));
    }

    private static Task<int> VerifyAsync(ParseResult parsed, CancellationToken cancel)
    {
        var (keyFile, proofFile) = (parsed.GetValue(Verification)!, parsed.GetValue(Proof)!);
        var publics = PublicValues.Read(parsed.GetValue(Public)!);
        var refusal = ZkInspection.IsPlonk(keyFile)
            ? new PlonkVerifier(PlonkJson.ReadKey(keyFile)).Check(publics, PlonkJson.ReadProof(proofFile))
            : new Groth16Verifier(Groth16Json.ReadKey(keyFile)).Check(publics, Groth16Json.ReadProof(proofFile));
        if (refusal is not null)
        {
            throw new CommandException(refusal.Code, refusal.What,
                "Do not rely on it: ask for the proof again, and compare key and public values.", Exits.TaskFailed);
        }
        if (Shared.IsJson(parsed)) Screen.Write(new { Holds = true, PublicValues = publics.Length });
        else Screen.Line("The proof holds.");
        return Task.FromResult(Exits.Ok);
    }

    public static void WriteJson(string path, JsonNode node) => global::System.IO.File.WriteAllText(
        path, node.ToJsonString(new() { WriteIndented = true }) + "\n");

    public static string? VerificationOutOf(ParseResult parsed) => parsed.GetValue(VerificationOut);

    public static string KeyOf(ParseResult parsed) => parsed.GetValue(Key)!;

    private static void Step(string what, int thousandths)
    {
        if (Screen.IsWatched) Screen.Note($"stun: {thousandths / 10,3} % {what}");
    }

    private static Argument<string> File(string name, string about) => new(name) { Description = about };
}
