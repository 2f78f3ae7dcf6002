using System.Numerics;
using Stun.Zk.Curves;
using Stun.Zk.Fields;

namespace Stun.Tests.Zk.Curves;

/// <summary>
/// Known answers of the precompiles of EIP-196 and EIP-197, as the clients of Ethereum test themselves with. The
/// integration tests ask a chain for many more.
/// </summary>
public sealed class EipVectorTests
{
    private const string P = "18b18acfb4c2c30276db5411368e7185b311dd124691610c5d3b74034e093dc9"
        + "063c909c4720840cb5134cb9f59fa749755796819658d32efc0d288198f37266";

    private const string Q = "07c2b7f58a84bd6145f00c9c2bc0bb1a187f20ff2c92963a88019e7c6a014eed"
        + "06614e20c147e940f2d70da3f74c9a17df361706a4485c742bd6788478fa17d7";

    private const string Sum = "2243525c5efd4b9c3d3c45ac0ca3fe4dd85e830a4ce6b65fa1eeaee202839703"
        + "301d1d33be6da8e509df21cc35964723180eed7532537db9ae5e7d48f195c915";

    private const string Next = "2bd3e6d0f3b142924f5ca7b49ce5b9d54c4703d7ae5648e61d02268b1a0a9fb7"
        + "21611ce0a6af85915e2f1d70300909ce2e49dfad4a4619c8390cae66cefdb204";

    private const string Infinity = "0000000000000000000000000000000000000000000000000000000000000000"
        + "0000000000000000000000000000000000000000000000000000000000000000";

    [Theory]
    [InlineData(P, Q, Sum)]
    [InlineData(Sum, P, Next)]
    [InlineData(P, Infinity, P)]
    [InlineData(Infinity, Q, Q)]
    [InlineData(Infinity, Infinity, Infinity)]
    public void Sums_of_points_are_those_of_EIP_196(string left, string right, string sum)
    {
        var result = CurvePoint<Fq>.From(Point(left));
        result.Add(Point(right));
        Assert.Equal(Point(sum), result.ToAffine());
    }

    [Theory]
    [InlineData(Next, "11138ce750fa15c2",
        "070a8d6a982153cae4be29d434e8faef8a47b274a053f5a4ee2a6c9c13c31e5c"
        + "031b8ce914eba3a9ffb989f9cdd5b0f01943074bf4f0f315690ec3cec6981afc")]
    [InlineData("1a87b0584ce92f4593d161480614f2989035225609f08058ccfa3d0f940febe3"
        + "1a2f3c951f6dadcc7ee9007dff81504b0fcd6d7cf59996efdc33d92bf7f9f8f6",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "2cde5879ba6f13c0b5aa4ef627f159a3347df9722efce88a9afbb20b763b4c41"
        + "1aa7e43076f6aee272755a7f9b84832e71559ba0d2e0b17d5f9f01755e5b0d11")]
    [InlineData(P, "00", Infinity)]
    [InlineData(P, "01", P)]
    [InlineData(P, "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001", Infinity)]
    public void Multiples_of_points_are_those_of_EIP_196(string point, string factor, string multiple) =>
        Assert.Equal(Point(multiple), CurvePoint<Fq>.Multiply(Point(point), Number(factor)).ToAffine());

    [Fact]
    public void A_product_of_pairings_is_that_of_EIP_197()
    {
        var words = (string[])
        [
            "1c76476f4def4bb94541d57ebba1193381ffa7aa76ada664dd31c16024c43f59",
            "3034dd2920f673e204fee2811c678745fc819b55d3e9d294e45c9b03a76aef41",
            "209dd15ebff5d46c4bd888e51a93cf99a7329636c63514396b4a452003a35bf7",
            "04bf11ca01483bfa8b34b43561848d28905960114c8ac04049af4b6315a41678",
            "2bb8324af6cfc93537a2ad1a445cfd0ca2a71acd7ac41fadbf933c2a51be344d",
            "120a2a4cf30c1bf9845f20c6fe39e07ea2cce61f0c9bb048165fe5e4de877550",
            "111e129f1cf1097710d41c4ac70fcdfa5ba2023c6ff1cbeac322de49d1b6df7c",
            "2032c61a830e3c17286de9462bf242fca2883585b93870a73853face6a6bf411",
            "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2",
            "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed",
            "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b",
            "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa",
        ];
        var first = Point(words[0] + words[1]);
        var second = Point(words[6] + words[7]);
        // The imaginary part of each coordinate comes first.
        G2Lines[] lines = [new G2Lines(Twisted(words.AsSpan(2, 4))), new G2Lines(Twisted(words.AsSpan(8, 4)))];
        Assert.True(Pairing.ProductIsOne([first, second], lines));
        Assert.False(Pairing.ProductIsOne([first, -second], lines));
        Assert.False(Pairing.ProductIsOne([second, first], lines));
        Assert.True(Pairing.ProductIsOne([], []));
    }

    private static AffinePoint<Fq> Point(string hex)
    {
        var point = new AffinePoint<Fq>(Coordinate(hex[..64]), Coordinate(hex[64..]));
        Assert.True(G1.Contains(point));
        return point;
    }

    private static AffinePoint<Fq2> Twisted(ReadOnlySpan<string> words)
    {
        var point = new AffinePoint<Fq2>(new Fq2(Coordinate(words[1]), Coordinate(words[0])),
            new Fq2(Coordinate(words[3]), Coordinate(words[2])));
        Assert.True(G2.Contains(point));
        return point;
    }

    private static Fq Coordinate(string hex)
    {
        Assert.True(Fq.TryReadBigEndian(Convert.FromHexString(hex), out var value));
        return value;
    }

    private static BigInteger Number(string hex) =>
        new(Convert.FromHexString(hex), isUnsigned: true, isBigEndian: true);
}
