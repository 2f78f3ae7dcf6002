using System.Numerics;
using Stun.Chain;
using Stun.Chain.Evm.Rpc;
using Stun.Integration.Chains;
using Stun.Zk.Curves;
using Stun.Zk.Fields;

namespace Stun.Integration.Zk;

/// <summary>
/// Our curve beside that of a chain: the precompiles of EIP-196 and EIP-197 are another implementation.
/// </summary>
public sealed class PrecompileTests
{
    [Fact]
    public async Task Sums_and_multiples_are_those_of_the_chain_and_what_it_refuses_is_refused()
    {
        await using var chain = await ChainScene.StartAsync();
        var random = new Random(21);
        List<byte[]> points = [new byte[64], Bytes(G1.Generator), Bytes(-G1.Generator)];
        for (var i = 0; i < 6; i++) points.Add(Bytes(CurvePoint<Fq>.Multiply(G1.Generator, Scalar(random)).ToAffine()));
        // Off the curve; half an infinity; the prime itself, and one more than it: other names of 0 and of 1.
        points.Add([.. points[3][..63], (byte)(points[3][63] ^ 1)]);
        points.Add([.. new byte[63], 2]);
        points.Add([.. Word(Fq.Modulus), .. Word(Fq.Modulus)]);
        points.Add([.. Word(Fq.Modulus + 1), .. Word(2)]);
        points.Add([.. Word(1), .. Word(Fq.Modulus + 2)]);
        points.Add([.. Enumerable.Repeat((byte)255, 64)]);
        foreach (var left in points)
        {
            foreach (var right in points)
            {
                byte[]? ours = null;
                if (TryRead(left, out var a) && TryRead(right, out var b))
                {
                    var sum = CurvePoint<Fq>.From(a);
                    sum.Add(b);
                    ours = Bytes(sum.ToAffine());
                }
                Assert.Equal(ours, await AskAsync(chain, 6, [.. left, .. right]));
            }
            foreach (var factor in (BigInteger[])
                [0, 1, 2, Fr.Modulus - 1, Fr.Modulus, Fr.Modulus + 1, (BigInteger.One << 256) - 1, Scalar(random)])
            {
                var ours = TryRead(left, out var point)
                    ? Bytes(CurvePoint<Fq>.Multiply(point, factor).ToAffine())
                    : null;
                Assert.Equal(ours, await AskAsync(chain, 7, [.. left, .. Word(factor)]));
            }
        }
    }

    [Fact]
    public async Task Products_of_pairings_are_one_where_they_are_on_the_chain_and_bad_points_are_refused()
    {
        await using var chain = await ChainScene.StartAsync();
        var random = new Random(22);
        for (var round = 0; round < 6; round++)
        {
            BigInteger a = Scalar(random), b = Scalar(random);
            // e(a G, b H) e(-ab G, H) is one; in every other round the second factor is wrong.
            var product = round % 2 == 0 ? a * b : (a * b) + 1;
            await AgreeAsync((Of(a), Twisted(b)), (-Of(product % Fr.Modulus), G2.Generator));
        }
        await AgreeAsync();
        await AgreeAsync((G1.Generator, G2.Generator));
        await AgreeAsync((default, G2.Generator));
        await AgreeAsync((G1.Generator, default));
        await AgreeAsync((default, default), (G1.Generator, G2.Generator), (-G1.Generator, G2.Generator));
        await AgreeAsync((new AffinePoint<Fq>(Fq.One, Fq.One), G2.Generator));
        await AgreeAsync((G1.Generator, new AffinePoint<Fq2>(G2.Generator.X, G2.Generator.Y + Fq2.One)));
        await AgreeAsync((G1.Generator, TwistPoints.FirstOutsideOfGroup()));

        async Task AgreeAsync(params (AffinePoint<Fq> One, AffinePoint<Fq2> Two)[] pairs)
        {
            byte[]? ours = null;
            if (pairs.All(pair => G1.Contains(pair.One) && G2.Contains(pair.Two)))
            {
                var isOne = Pairing.ProductIsOne(
                    [.. pairs.Select(pair => pair.One)], [.. pairs.Select(pair => new G2Lines(pair.Two))]);
                ours = Word(isOne ? 1 : 0);
            }
            byte[] asked = [.. pairs.SelectMany(pair => Bytes(pair.One).Concat(Bytes(pair.Two)))];
            Assert.Equal(ours, await AskAsync(chain, 8, asked));
        }
    }

    /// <summary>What a precompile answers, or null where it refuses.</summary>
    private static async Task<byte[]?> AskAsync(ChainScene chain, byte number, byte[] input)
    {
        try
        {
            return await chain.Rpc.CallAsync(
                new CallRequest(Address.Read([.. new byte[19], number]), input) { Gas = 1_000_000 });
        }
        catch (ChainException)
        {
            return null;
        }
    }

    private static bool TryRead(byte[] bytes, out AffinePoint<Fq> point)
    {
        point = default;
        if (!Fq.TryReadBigEndian(bytes.AsSpan(0, 32), out var x)) return false;
        if (!Fq.TryReadBigEndian(bytes.AsSpan(32), out var y)) return false;
        point = new AffinePoint<Fq>(x, y);
        return G1.Contains(point);
    }

    private static AffinePoint<Fq> Of(BigInteger factor) => CurvePoint<Fq>.Multiply(G1.Generator, factor).ToAffine();

    private static AffinePoint<Fq2> Twisted(BigInteger factor) =>
        CurvePoint<Fq2>.Multiply(G2.Generator, factor).ToAffine();

    private static byte[] Bytes(AffinePoint<Fq> point) => Joined(point.X, point.Y);

    private static byte[] Bytes(AffinePoint<Fq2> point) =>
        Joined(point.X.C1, point.X.C0, point.Y.C1, point.Y.C0);

    private static byte[] Joined(params ReadOnlySpan<Fq> words)
    {
        var bytes = new byte[32 * words.Length];
        for (var i = 0; i < words.Length; i++) words[i].WriteBigEndian(bytes.AsSpan(32 * i));
        return bytes;
    }

    private static byte[] Word(BigInteger value) => ContractTests.Word(value);

    private static BigInteger Scalar(Random random)
    {
        var bytes = new byte[40];
        random.NextBytes(bytes);
        return new BigInteger(bytes, isUnsigned: true) % Fr.Modulus;
    }
}
