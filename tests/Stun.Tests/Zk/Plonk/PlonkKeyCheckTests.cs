using System.Buffers.Binary;
using Stun.Zk;
using Stun.Zk.Fields;
using Stun.Zk.Plonk;

namespace Stun.Tests.Zk.Plonk;

/// <summary>Proving keys of PLONK whose parts do not belong together.</summary>
public sealed class PlonkKeyCheckTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("stun-zk-").FullName;
    private readonly byte[] honest;

    public PlonkKeyCheckTests()
    {
        // The chain needs no additions of wires: a longer sum does.
        var system = SquareChain.Circuit(5);
        system.Add([new(2, Fr.One), new(3, Fr.One), new(4, Fr.One)], [new(0, Fr.One)], [new(5, Fr.One)]);
        PlonkInsecureSetup.Write(KeyPath, system);
        honest = File.ReadAllBytes(KeyPath);
    }

    private string KeyPath => Path.Combine(folder, "key.zkey");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_key_as_it_was_made_passes_its_check()
    {
        using var key = PlonkKey.Open(KeyPath);
        key.CheckParts(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(PlonkKey.SecretPowers, 64 * 3 + 5, ZkCodes.Point, "power 3 of the secret")]
    [InlineData(PlonkKey.Qm, 3, ZkCodes.FileShape, "section 7 is not the polynomial")]
    [InlineData(PlonkKey.Qc, 40, ZkCodes.FileShape, "section 11 is not the polynomial")]
    [InlineData(PlonkKey.Sigma, 9, ZkCodes.FileShape, "permutation 0 is not the polynomial")]
    [InlineData(PlonkKey.MapB, 3, ZkCodes.FileShape, "a gate names wire")]
    [InlineData(PlonkKey.Additions, 3, ZkCodes.FileShape, "a gate names wire")]
    public void What_was_changed_is_found_and_named(uint section, int place, string code, string what)
    {
        honest[Start(section) + place] ^= 1;
        var refusal = Checked();
        Assert.Equal(code, refusal.Code);
        Assert.Contains(what, refusal.Message);
    }

    [Fact]
    public void Powers_of_another_secret_are_found_though_all_of_them_are_points()
    {
        var (third, fourth) = (Start(PlonkKey.SecretPowers) + 192, Start(PlonkKey.SecretPowers) + 256);
        honest.AsSpan(third, 64).CopyTo(honest.AsSpan(fourth));
        Assert.Contains("not those of the secret in its header", Checked().Message);
        honest.AsSpan(third, 64).CopyTo(honest.AsSpan(Start(PlonkKey.SecretPowers)));
        Assert.Contains("first power of the secret is not the generator", Checked().Message);
    }

    [Fact]
    public void A_domain_above_the_limit_is_refused_by_its_size()
    {
        BinaryPrimitives.WriteUInt32LittleEndian(honest.AsSpan(Start(2) + 80), 1 << 25);
        File.WriteAllBytes(KeyPath, honest);
        var refusal = Assert.Throws<ZkException>(() => PlonkKey.Open(KeyPath).Dispose());
        Assert.Equal(ZkCodes.FileLimit, refusal.Code);
        Assert.Contains("2^24 is the most", refusal.Message);
    }

    [Fact]
    public void A_proof_stops_at_every_step_when_it_is_told_to()
    {
        PlonkInsecureSetup.Write(KeyPath, SquareChain.Circuit(5));
        using var key = PlonkKey.Open(KeyPath);
        using var witness = SquareChain.Witness(5);
        foreach (var last in (string[])["wires", "permutation", "quotient", "openings"])
        {
            using var stop = new CancellationTokenSource();
            var prover = new PlonkProver(key)
            {
                Stop = stop.Token,
                Progress = (step, _) =>
                {
                    if (step == last) stop.Cancel();
                    else Assert.False(stop.IsCancellationRequested, $"{step} began after a stop at {last}");
                },
            };
            Assert.ThrowsAny<OperationCanceledException>(() => prover.Prove(witness));
        }
    }

    private ZkException Checked()
    {
        File.WriteAllBytes(KeyPath, honest);
        using var key = PlonkKey.Open(KeyPath);
        return Assert.Throws<ZkException>(() => key.CheckParts(TestContext.Current.CancellationToken));
    }

    private int Start(uint id)
    {
        var at = 12;
        while (BinaryPrimitives.ReadUInt32LittleEndian(honest.AsSpan(at)) != id)
        {
            at += 12 + (int)BinaryPrimitives.ReadUInt64LittleEndian(honest.AsSpan(at + 4));
        }
        return at + 12;
    }
}
