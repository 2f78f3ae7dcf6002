using System.Security.Cryptography;
using Stun.Chain;
using Stun.Chain.Evm;

namespace Stun.Tests.Evm;

/// <summary>Keys against published vectors, against the framework's own curve, and against themselves.</summary>
public sealed class EvmKeyTests
{
    private const ulong Seed = 20_261_121;

    /// <summary>The order of the group, and its half: signatures above the half are refused.</summary>
    private static readonly UInt256 Order = UInt256.Parse(
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

    [Theory]
    // The example key of EIP-155, the first key of Hardhat and Anvil, and the key 1.
    [InlineData("4646464646464646464646464646464646464646464646464646464646464646",
        "9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f")]
    [InlineData("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
        "f39fd6e51aad88f6f4ce6ab8827279cfffb92266")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000001",
        "7e5f4552091a69125d5dfcb7b8c2659029395bdf")]
    public void A_published_key_has_its_published_address(string secret, string address)
    {
        using var key = EvmKey.From(Convert.FromHexString(secret));
        Assert.Equal("0x" + address, key.Address.ToString());
    }

    [Fact]
    public void The_example_transaction_of_EIP_155_gets_its_published_signature()
    {
        using var key = EvmKey.From(Convert.FromHexString(new string('4', 64).Replace("44", "46")));
        var signature = key.Sign(DigestOf("daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53"));
        Assert.Equal(DigestOf("28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276"), signature.R);
        Assert.Equal(DigestOf("67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83"), signature.S);
        Assert.Equal(0, signature.RecoveryId);
    }

    [Fact]
    public void Who_signed_is_recovered_from_any_signature()
    {
        var prng = new Prng(Seed);
        for (var turn = 0; turn < 500; turn++)
        {
            using var key = EvmKey.Generate();
            var digest = RandomDigest(prng);
            var signature = key.Sign(digest);
            Assert.Equal(key.Address, EvmKey.Recover(digest, signature));
            Assert.InRange(signature.RecoveryId, 0, 1);
            Assert.True(UInt256.Of(signature.S).Twice() <= Order, $"turn {turn}: a high s");
            Assert.NotEqual(key.Address, EvmKey.Recover(RandomDigest(prng), signature));
            var other = signature with { RecoveryId = (byte)(1 - signature.RecoveryId) };
            Assert.NotEqual(key.Address, EvmKey.Recover(digest, other));
        }
    }

    [Fact]
    public void The_curve_of_the_framework_accepts_what_is_signed()
    {
        var prng = new Prng(Seed);
        for (var turn = 0; turn < 50; turn++)
        {
            var secret = new byte[32];
            RandomDigest(prng).Write(secret);
            using var key = EvmKey.From(secret);
            using var curve = ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.CreateFromValue("1.3.132.0.10"),
                D = secret,
            });
            var digest = RandomDigest(prng);
            var signature = key.Sign(digest);
            Assert.True(curve.VerifyHash(Bytes(digest), Bytes(signature.R).Concat(Bytes(signature.S)).ToArray()));
            var point = curve.ExportParameters(false).Q;
            var hash = Bytes(Keccak256.Hash([.. point.X!, .. point.Y!]));
            Assert.Equal(Address.Read(hash.AsSpan(12)), key.Address);
        }
    }

    [Fact]
    public void The_twin_of_a_signature_with_a_high_s_is_refused()
    {
        using var key = EvmKey.Generate();
        var digest = new Digest(1, 2, 3, 4);
        var signature = key.Sign(digest);
        var twin = new Signature(
            signature.R, Order.Minus(UInt256.Of(signature.S)).ToDigest(), (byte)(1 - signature.RecoveryId));
        Assert.Null(EvmKey.Recover(digest, twin));
    }

    [Fact]
    public void Signatures_that_nobody_can_have_made_recover_nobody()
    {
        var digest = new Digest(1, 2, 3, 4);
        var most = new Digest(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue);
        Assert.Null(EvmKey.Recover(digest, Signature.None));
        Assert.Null(EvmKey.Recover(digest, new Signature(most, new Digest(0, 0, 0, 1), 0)));
        Assert.Null(EvmKey.Recover(digest, new Signature(new Digest(0, 0, 0, 1), most, 0)));
        Assert.Null(EvmKey.Recover(digest, new Signature(new Digest(0, 0, 0, 1), new Digest(0, 0, 0, 1), 2)));
    }

    [Theory]
    [InlineData("", "key.length")]
    [InlineData("0102", "key.length")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", "key.out-of-range")]
    [InlineData("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", "key.out-of-range")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "key.out-of-range")]
    public void Bytes_that_are_no_key_are_refused_by_name(string hex, string code) =>
        Assert.Equal(code, Assert.Throws<ChainException>(() => EvmKey.From(Convert.FromHexString(hex))).Code);

    [Fact]
    public void A_disposed_key_signs_nothing_more()
    {
        var key = EvmKey.Generate();
        key.Dispose();
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Sign(new Digest(1, 2, 3, 4)));
    }

    [Fact]
    public void Generated_keys_are_all_different()
    {
        HashSet<Address> seen = [];
        for (var turn = 0; turn < 200; turn++)
        {
            using var key = EvmKey.Generate();
            Assert.True(seen.Add(key.Address));
        }
    }

    private static Digest DigestOf(string hex) => Digest.Read(Convert.FromHexString(hex));

    private static Digest RandomDigest(Prng prng) => new(prng.Next(), prng.Next(), prng.Next(), prng.Next());

    private static byte[] Bytes(Digest digest)
    {
        var bytes = new byte[Digest.Size];
        digest.Write(bytes);
        return bytes;
    }

    private readonly record struct UInt256(System.Numerics.BigInteger Value)
    {
        public static UInt256 Parse(string hex) => Of(DigestOf(hex));

        public static UInt256 Of(Digest digest) => new(new System.Numerics.BigInteger(Bytes(digest), true, true));

        public UInt256 Twice() => new(Value * 2);

        public UInt256 Minus(UInt256 other) => new(Value - other.Value);

        public Digest ToDigest()
        {
            var bytes = Value.ToByteArray(true, true);
            return Digest.Read([.. new byte[Digest.Size - bytes.Length], .. bytes]);
        }

        public static bool operator <=(UInt256 left, UInt256 right) => left.Value <= right.Value;

        public static bool operator >=(UInt256 left, UInt256 right) => left.Value >= right.Value;
    }
}
