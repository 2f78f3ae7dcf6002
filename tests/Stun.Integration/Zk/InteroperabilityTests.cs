using System.Text.Json;
using Stun.Zk.Fields;
using Stun.Zk.Groth16;
using Stun.Zk.Plonk;

namespace Stun.Integration.Zk;

/// <summary>Proofs and keys of ours beside those of snarkjs, on circuits of circom: each accepts what the other makes,
/// and both refuse what is wrong.</summary>
public sealed class InteroperabilityTests(InteroperabilityScene scene) : IClassFixture<InteroperabilityScene>
{
    [Fact]
    public void There_are_enough_circuits_for_this_to_mean_something()
    {
        Assert.True(scene.Circuits >= 12);
        // Both systems with our keys, and for two circuits both with theirs.
        Assert.Equal((2 * scene.Circuits) + 4, scene.Cases.Count);
    }

    [Fact]
    public void They_accept_our_proofs_from_our_keys_and_from_theirs()
    {
        foreach (var (circuit, maker, system) in scene.Cases)
        {
            var verdict = scene.Verdicts.GetProperty($"{circuit}.{maker}.{system}");
            Assert.True(verdict.GetProperty("right").GetBoolean(), $"{circuit} {maker} {system}");
        }
    }

    [Fact]
    public void They_refuse_our_proofs_for_other_values_and_with_other_parts()
    {
        foreach (var (circuit, maker, system) in scene.Cases)
        {
            var wrong = scene.Verdicts.GetProperty($"{circuit}.{maker}.{system}").GetProperty("wrong");
            Assert.True(wrong.GetArrayLength() >= 2);
            Assert.All(wrong.EnumerateArray(), each => Assert.False(each.GetBoolean(), $"{circuit} {maker} {system}"));
        }
    }

    [Fact]
    public void We_accept_their_proofs_and_refuse_them_for_other_values()
    {
        var without = scene.Cases.Where(each => !scene.HasTheirs(each.Circuit, each.Maker, each.System));
        Assert.Equal(("nothing", "ours", "plonk"), Assert.Single(without));
        foreach (var (circuit, maker, system) in scene.Cases.Except(without))
        {
            var (proof, publics) = scene.Theirs(circuit, maker, system);
            var key = scene.At(circuit, $"{maker}.{system}.vk.json");
            Assert.True(Holds(system, key, proof, publics), $"{circuit} {maker} {system}");
            for (var i = 0; i < Math.Min(publics.Length, 2); i++)
            {
                var others = publics.ToArray();
                others[i] += Fr.One;
                Assert.False(Holds(system, key, proof, others), $"{circuit} {maker} {system}");
            }
            Assert.False(Holds(system, key, proof, [.. publics, Fr.One]));
        }
    }

    [Fact]
    public void A_verification_key_of_theirs_is_the_one_that_we_read_from_their_proving_key()
    {
        foreach (var (circuit, _, system) in scene.Cases.Where(each => each.Maker == "theirs"))
        {
            using var document = JsonDocument.Parse(File.ReadAllText(scene.At(circuit, $"theirs.{system}.vk.json")));
            var ours = system == "plonk" ? PlonkKeyJson(circuit) : Groth16KeyJson(circuit);
            foreach (var field in ours.RootElement.EnumerateObject())
            {
                Assert.True(JsonElement.DeepEquals(field.Value, document.RootElement.GetProperty(field.Name)),
                    $"{circuit} {system} {field.Name}");
            }
        }
    }

    private JsonDocument PlonkKeyJson(string circuit)
    {
        using var key = PlonkKey.Open(scene.At(circuit, "theirs.plonk.zkey"));
        return JsonDocument.Parse(PlonkJson.Write(key.VerificationKey).ToJsonString());
    }

    private JsonDocument Groth16KeyJson(string circuit)
    {
        using var key = Groth16Key.Open(scene.At(circuit, "theirs.groth16.zkey"));
        return JsonDocument.Parse(Groth16Json.Write(key.VerificationKey).ToJsonString());
    }

    private static bool Holds(string system, string key, JsonElement proof, Fr[] publics) => system == "plonk"
        ? new PlonkVerifier(PlonkJson.ReadKey(key)).Verify(publics, PlonkJson.ReadProof(proof, "theirs"))
        : new Groth16Verifier(Groth16Json.ReadKey(key)).Verify(publics, Groth16Json.ReadProof(proof, "theirs"));
}
