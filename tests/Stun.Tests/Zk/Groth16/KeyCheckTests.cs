using System.Buffers.Binary;
using Stun.Tests.Zk.Curves;
using Stun.Zk;
using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Groth16;

namespace Stun.Tests.Zk.Groth16;

/// <summary>Proving keys whose parts are points, but not those that belong together.</summary>
public sealed class KeyCheckTests : IDisposable
{
    // In the header, behind two primes and three counts.
    private const int Alpha = 84;
    private const int Beta1 = Alpha + G1.ByteCount;
    private const int Beta2 = Beta1 + G1.ByteCount;
    private const int Gamma2 = Beta2 + G2.ByteCount;
    private const int Delta1 = Gamma2 + G2.ByteCount;
    private const int Delta2 = Delta1 + G1.ByteCount;

    private readonly string folder = Directory.CreateTempSubdirectory("stun-zk-").FullName;
    private readonly byte[] honest;

    public KeyCheckTests()
    {
        InsecureSetup.Write(KeyPath, SquareChain.Circuit(3));
        honest = File.ReadAllBytes(KeyPath);
    }

    private string KeyPath => Path.Combine(folder, "key.zkey");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(Alpha, G1.ByteCount)]
    [InlineData(Beta1, G1.ByteCount)]
    [InlineData(Beta2, G2.ByteCount)]
    [InlineData(Gamma2, G2.ByteCount)]
    [InlineData(Delta1, G1.ByteCount)]
    [InlineData(Delta2, G2.ByteCount)]
    public void Infinity_in_the_header_of_a_key_is_refused(int place, int length)
    {
        honest.AsSpan(Start(2) + place, length).Clear();
        Assert.Equal(ZkCodes.Point, Opened().Code);
    }

    [Theory]
    [InlineData(Alpha, Beta1, "beta")]
    [InlineData(Alpha, Delta1, "delta")]
    public void Different_multiples_in_both_groups_are_refused(int from, int to, string name)
    {
        honest.AsSpan(Start(2) + from, G1.ByteCount).CopyTo(honest.AsSpan(Start(2) + to));
        var refusal = Opened();
        Assert.Equal(ZkCodes.FileShape, refusal.Code);
        Assert.Contains($"{name} is not the same multiple of the generator in both groups", refusal.Message);
    }

    [Fact]
    public void Points_of_B_that_differ_between_the_groups_are_found_by_a_check()
    {
        // Wires 2 and 3 change places in one group: all points are good ones.
        var (second, third) = (Start(Groth16Key.PointsB1) + 128, Start(Groth16Key.PointsB1) + 192);
        var kept = honest.AsSpan(second, 64).ToArray();
        honest.AsSpan(third, 64).CopyTo(honest.AsSpan(second));
        kept.CopyTo(honest.AsSpan(third));
        File.WriteAllBytes(KeyPath, honest);
        using var key = Groth16Key.Open(KeyPath);
        var refusal = Assert.Throws<ZkException>(() => key.CheckPoints(TestContext.Current.CancellationToken));
        Assert.Contains("not the same multiples in both groups", refusal.Message);
    }

    [Fact]
    public void Points_of_the_twist_outside_of_the_group_are_refused_wherever_a_key_has_one()
    {
        var outside = GroupTests.OutsideOfTheGroup();
        var (one, two) = (G1.Generator, G2.Generator);
        _ = new Groth16VerificationKey(one, two, two, two, [one]);
        Assert.All(
        [
            () => new Groth16VerificationKey(one, outside, two, two, [one]),
            () => new Groth16VerificationKey(one, two, outside, two, [one]),
            () => new Groth16VerificationKey(one, two, two, outside, [one]),
            () => new Groth16VerificationKey(one, two, two, default, [one]),
        ],
        (Func<object> make) => Assert.Equal(ZkCodes.Point, Assert.Throws<ZkException>(make).Code));
    }

    [Fact]
    public void A_domain_above_the_limit_is_refused_by_its_size()
    {
        BinaryPrimitives.WriteUInt32LittleEndian(honest.AsSpan(Start(2) + 80), 1 << 25);
        var refusal = Opened();
        Assert.Equal(ZkCodes.FileLimit, refusal.Code);
        Assert.Contains("2^24 is the most", refusal.Message);
    }

    [Fact]
    public void A_proof_stops_at_every_step_when_it_is_told_to()
    {
        using var key = Groth16Key.Open(KeyPath);
        using var witness = SquareChain.Witness(3);
        List<string> steps = [];
        new Groth16Prover(key) { Progress = (step, _) => steps.Add(step) }.Prove(witness);
        Assert.Equal(["quotient", "H", "C", "A", "B", "B in G2", "check"], steps);
        foreach (var last in steps[..^1])
        {
            using var stop = new CancellationTokenSource();
            var prover = new Groth16Prover(key)
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

    private ZkException Opened()
    {
        File.WriteAllBytes(KeyPath, honest);
        return Assert.Throws<ZkException>(() => Groth16Key.Open(KeyPath).Dispose());
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
