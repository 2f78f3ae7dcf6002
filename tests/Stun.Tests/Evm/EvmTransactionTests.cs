using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Encoding;
using Stun.Chain.Evm.Transactions;

namespace Stun.Tests.Evm;

public sealed class EvmTransactionTests
{
    private const ulong Seed = 20_261_125;
    private static readonly Address Receiver = new(0x3535353535353535, 0x3535353535353535, 0x35353535);

    [Fact]
    public void The_example_of_EIP_155_is_met_byte_for_byte()
    {
        using var key = EvmKey.From(Enumerable.Repeat((byte)0x46, 32).ToArray());
        var transaction = new EvmTransaction.Legacy(
            1, 9, 20_000_000_000, 21_000, Receiver, 1_000_000_000_000_000_000, []);
        Assert.Equal("daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53",
            transaction.SigningDigest.ToString());
        var signed = transaction.SignedBy(key);
        Assert.Equal("f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61"
            + "340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3"
            + "dc64214b297fb1966a3b6d83", Convert.ToHexStringLower(signed.Encode()));
        Assert.Equal(signed, SignedEvmTransaction.Decode(signed.Encode()));
        Assert.Equal(key.Address, signed.Sender);
    }

    [Fact]
    public void Every_transaction_comes_back_with_its_sender()
    {
        var prng = new Prng(Seed);
        using var key = EvmKey.Generate();
        for (var turn = 0; turn < 400; turn++)
        {
            var signed = Some(prng).SignedBy(key);
            var read = SignedEvmTransaction.Decode(signed.Encode());
            Assert.Equal(signed, read);
            Assert.Equal(key.Address, read.Sender);
            Assert.Equal(signed.Hash, read.Hash);
        }
    }

    [Fact]
    public void Bent_bytes_are_refused_or_are_another_transaction()
    {
        var prng = new Prng(Seed);
        using var key = EvmKey.Generate();
        var (taken, refused) = (0, 0);
        for (var turn = 0; turn < 4_000; turn++)
        {
            var signed = Some(prng).SignedBy(key);
            var bytes = signed.Encode();
            var at = (int)prng.Below((ulong)bytes.Length);
            bytes[at] ^= (byte)(1 + prng.Below(255));
            try
            {
                var read = SignedEvmTransaction.Decode(bytes);
                Assert.NotEqual(signed, read);
                Assert.Equal(bytes, read.Encode());
                taken++;
            }
            catch (ChainException refusal)
            {
                Assert.Contains(refusal.Code.Split('.')[0], new[] { "rlp", "transaction" });
                refused++;
            }
        }
        Assert.True(taken > 200 && refused > 200, $"{taken} taken, {refused} refused");
    }

    [Theory]
    [InlineData("", "it has no bytes")]
    [InlineData("03c0", "its type is 3")]
    [InlineData("c0", "a legacy transaction has 9 fields, and here are 0")]
    [InlineData("0180", "a transaction must be a list")]
    [InlineData("02c0", "a transaction of type 2 has 12 fields, and here are 0")]
    // Numbers with a leading zero, with too many bits, as lists; receivers, parities and v that cannot be.
    [InlineData("c9008080808080808080", "its nonce begins with a zero byte")]
    [InlineData("c9c08080808080808080", "its nonce is a list")]
    [InlineData("d289010000000000000000" + "8080808080808080", "its nonce has more than 64 bits")]
    [InlineData("ca808080" + "8101" + "8080808080", null)]
    [InlineData("c9808080" + "01" + "8080808080", "its receiver has 1 bytes")]
    [InlineData("c9808080808080" + "05" + "8080", "v is 5, and must be 27, 28 or at least 35")]
    [InlineData("02cc018080808080" + "8080c0" + "028080", "the parity of its signature is 2")]
    [InlineData("02cd018080808080" + "8080c1" + "80" + "808080", "an entry of an access list must be a list")]
    [InlineData("02ce018080808080" + "8080c2" + "c180" + "808080", "an entry of its access list has not two parts")]
    public void What_is_no_transaction_is_refused_with_what_is_wrong(string hex, string? what)
    {
        var refusal = Assert.Throws<ChainException>(() => SignedEvmTransaction.Decode(Convert.FromHexString(hex)));
        if (what is null) Assert.Equal("rlp.not-canonical", refusal.Code);
        else Assert.Equal(("transaction.form", true), (refusal.Code, refusal.Message.Contains(what)));
    }

    [Fact]
    public void A_signature_that_nobody_made_is_refused()
    {
        var most = new Digest(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue);
        var transaction = Some(new Prng(Seed));
        foreach (var signature in new[] { Signature.None, new Signature(new Digest(0, 0, 0, 1), most, 0) })
        {
            var bytes = new SignedEvmTransaction(transaction, signature).Encode();
            Assert.Equal("transaction.signature",
                Assert.Throws<ChainException>(() => SignedEvmTransaction.Decode(bytes)).Code);
        }
    }

    [Fact]
    public void A_change_of_any_field_changes_what_is_signed()
    {
        var whole = new EvmTransaction.WithTip(
            1, 2, 3, 4, 5, Receiver, 6, [7], [new AccessEntry(Receiver, [new Digest(0, 0, 0, 8)])]);
        EvmTransaction[] all =
        [
            whole, whole with { Chain = 9 }, whole with { Nonce = 9 }, whole with { TipMax = 9 },
            whole with { FeeMax = 9 }, whole with { GasLimit = 9 }, whole with { To = null },
            whole with { Value = 9 }, whole with { Data = [] }, whole with { Access = [] },
            new EvmTransaction.WithAccessList(1, 2, 4, 5, Receiver, 6, [7], whole.Access),
            new EvmTransaction.Legacy(1, 2, 4, 5, Receiver, 6, [7]),
            new EvmTransaction.Legacy(null, 2, 4, 5, Receiver, 6, [7]),
        ];
        Assert.Equal(all.Length, all.Select(each => each.SigningDigest).Distinct().Count());
    }

    private static EvmTransaction Some(Prng prng)
    {
        Address? to = prng.Below(4) == 0 ? null : new Address(prng.Next(), prng.Next(), (uint)prng.Below(1u << 31));
        var data = new byte[prng.Below(3) == 0 ? 0 : prng.Below(400)];
        for (var at = 0; at < data.Length; at++) data[at] = (byte)(prng.Next() & 0xff);
        var chain = prng.Next() >> (int)prng.Below(64);
        var (nonce, gas) = (prng.Next() >> (int)prng.Below(64), prng.Next() >> (int)prng.Below(64));
        UInt256 fee = Number(prng), tip = Number(prng), value = Number(prng);
        ValueList<AccessEntry> access = [];
        for (var count = prng.Below(3); count > 0; count--)
            access = access.Add(new AccessEntry(
                new Address(prng.Next(), 1, 2), prng.Below(2) == 0 ? [] : [new Digest(prng.Next(), 0, 0, 1)]));
        return prng.Below(4) switch
        {
            0 => new EvmTransaction.Legacy(null, nonce, fee, gas, to, value, [.. data]),
            1 => new EvmTransaction.Legacy(chain, nonce, fee, gas, to, value, [.. data]),
            2 => new EvmTransaction.WithAccessList(chain, nonce, fee, gas, to, value, [.. data], access),
            _ => new EvmTransaction.WithTip(chain, nonce, tip, fee, gas, to, value, [.. data], access),
        };
    }

    private static UInt256 Number(Prng prng) => prng.Below(4) switch
    {
        0 => 0ul,
        1 => prng.Next(),
        2 => new UInt128(prng.Next(), prng.Next()),
        _ => new UInt256(new UInt128(prng.Next(), 1), 2),
    };
}
