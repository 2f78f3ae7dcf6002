using System.Text.Json.Nodes;
using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Abi;
using Stun.Chain.Evm.Encoding;
using Stun.Chain.Evm.Transactions;
using static Stun.Tests.Evm.EvmVectors;

namespace Stun.Tests.Evm;

/// <summary>Everything that is encoded, beside another implementation, both ways.</summary>
public sealed class EvmVectorTests
{
    [Fact]
    public void Rlp_is_that_of_another_implementation()
    {
        Assert.Equal(71, Read("rlp").Count);
        foreach (var vector in Read("rlp"))
        {
            var item = Item(vector!["item"]!);
            Assert.Equal(Text(vector["encoded"]), Hex.Data(Rlp.Encode(item)));
            Assert.Equal(item, Rlp.Decode(Bytes(vector["encoded"])));
        }
    }

    [Fact]
    public void Transactions_are_those_of_another_implementation()
    {
        Assert.Equal(96, Read("transactions").Count);
        foreach (var vector in Read("transactions"))
        {
            using var key = EvmKey.From(Bytes(vector!["key"]));
            var transaction = Transaction(vector);
            Assert.Equal(Account(vector["sender"]), key.Address);
            Assert.Equal(DigestOf(vector["digest"]), transaction.SigningDigest);
            var signed = transaction.SignedBy(key);
            Assert.Equal(Text(vector["serialized"]), Hex.Data(signed.Encode()));
            Assert.Equal(DigestOf(vector["hash"]), signed.Hash);
            var read = SignedEvmTransaction.Decode(Bytes(vector["serialized"]));
            Assert.Equal(signed, read);
            Assert.Equal(key.Address, read.Sender);
        }
    }

    [Fact]
    public void Values_of_all_types_are_encoded_as_by_another_implementation()
    {
        Assert.True(Read("abi").Count >= 270);
        foreach (var vector in Read("abi"))
        {
            var types = Types(vector!["types"]);
            var values = Values(types, vector["values"]);
            Assert.Equal(Text(vector["encoded"]), Hex.Data(AbiCodec.Encode(types, values)));
            Assert.Equal(values, AbiCodec.Decode(types, Bytes(vector["encoded"])));
            Assert.Equal(vector["types"]!.AsArray().Select(Text), types.Select(type => type.ToString()));
        }
    }

    [Fact]
    public void Events_are_read_as_another_implementation_wrote_them()
    {
        Assert.Equal(72, Read("events").Count);
        foreach (var vector in Read("events"))
        {
            var signature = AbiSignature.Parse(Text(vector!["signature"]));
            ValueList<bool> indexed = [.. vector["indexed"]!.AsArray().Select(each => (bool)each!)];
            ValueList<Digest> topics = [.. vector["topics"]!.AsArray().Select(DigestOf)];
            var log = new AbiLog(default, topics, Bytes(vector["data"]));
            var read = new AbiEvent(signature, indexed).TryDecode(log)!.Value;
            var written = Values(signature.Types, vector["values"]);
            for (var at = 0; at < indexed.Count; at++)
                Assert.Equal(indexed[at] ? Topic(signature.Types[at], written[at]) : written[at], read[at]);
        }
    }

    [Fact]
    public void Calls_and_errors_are_those_of_another_implementation()
    {
        Assert.Equal(60, Read("calls").Count);
        foreach (var vector in Read("calls"))
        {
            var signature = AbiSignature.Parse(Text(vector!["signature"]));
            var values = Values(signature.Types, vector["values"]);
            Assert.Equal(Text(vector["encoded"]), Hex.Data(signature.EncodeCall(values)));
            Assert.Equal(values, signature.DecodeCall(Bytes(vector["encoded"])));
            Assert.Equal(signature.Name, Revert.Read(Bytes(vector["encoded"]), [signature]).Name);
        }
    }

    [Fact]
    public void Checked_addresses_are_those_of_another_implementation()
    {
        Assert.Equal(40, Read("addresses").Count);
        foreach (var vector in Read("addresses"))
        {
            var (plain, text) = (Account(vector!["plain"]), Text(vector["checked"]));
            Assert.Equal(text, AddressText.Checked(plain));
            Assert.Equal(plain, AddressText.Parse(text, "it"));
            Assert.Equal(plain, AddressText.Parse(Text(vector["plain"]), "it"));
            var slip = text[..^1] + (text[^1] is 'a' or 'A' ? 'b' : 'a');
            if (AddressText.Checked(Address.Read(Convert.FromHexString(slip[2..]))) == slip) continue;
            if (!slip.Any(char.IsAsciiLetterUpper)) continue;
            Assert.Equal("address.checksum", Assert.Throws<ChainException>(() => AddressText.Parse(slip, "it")).Code);
        }
    }

    [Fact]
    public void Permits_are_those_of_another_implementation()
    {
        Assert.Equal(24, Read("permits").Count);
        foreach (var vector in Read("permits"))
        {
            var (given, message) = (vector!["domain"]!, vector["message"]!);
            var domain = new TokenDomain(Text(given["name"]), (string?)given["version"], (ulong)given["chainId"]!,
                Account(given["verifyingContract"]));
            var permit = new Permit(Account(message["owner"]), Account(message["spender"]), Number(message["value"]),
                Number(message["nonce"]), Number(message["deadline"]));
            Assert.Equal(DigestOf(vector["separator"]), domain.Separator);
            Assert.Equal(DigestOf(vector["digest"]), permit.Digest(domain));
        }
    }

    [Fact]
    public void Both_forms_of_signatures_are_those_of_another_implementation()
    {
        Assert.Equal(24, Read("signatures").Count);
        foreach (var vector in Read("signatures"))
        {
            using var key = EvmKey.From(Bytes(vector!["key"]));
            var signature = key.Sign(DigestOf(vector["digest"]));
            Assert.Equal(Account(vector["sender"]), key.Address);
            Assert.Equal(Text(vector["signature"]), Hex.Data(SignatureBytes.Of(signature)));
            Assert.Equal(Text(vector["compact"]), Hex.Data(SignatureBytes.Compact(signature)));
            Assert.Equal(signature, SignatureBytes.Read(Bytes(vector["signature"])));
            Assert.Equal(signature, SignatureBytes.Read(Bytes(vector["compact"])));
        }
    }

    /// <summary>Of what has no fixed size a topic holds the hash.</summary>
    private static AbiValue Topic(AbiType type, AbiValue value)
    {
        var bytes = (type, value) switch
        {
            (AbiType.Text, AbiValue.Text text) => System.Text.Encoding.UTF8.GetBytes(text.Value),
            (AbiType.Bytes, AbiValue.Bytes some) => some.Value.Span.ToArray(),
            _ => null,
        };
        if (bytes is null) return value;
        return new AbiValue.Bytes([.. Convert.FromHexString(Keccak256.Hash(bytes).ToString())]);
    }

    private static EvmTransaction Transaction(JsonNode vector)
    {
        var (nonce, gas, value) = ((ulong)vector["nonce"]!, (ulong)Number(vector["gas"]), Number(vector["value"]));
        Address? to = vector["to"] is { } receiver ? Account(receiver) : null;
        ValueList<byte> data = [.. Bytes(vector["data"])];
        var chain = (ulong?)vector["chainId"];
        return Text(vector["type"]) switch
        {
            "eip1559" => new EvmTransaction.WithTip(chain!.Value, nonce, Number(vector["maxPriorityFeePerGas"]),
                Number(vector["maxFeePerGas"]), gas, to, value, data, Access(vector)),
            "eip2930" => new EvmTransaction.WithAccessList(
                chain!.Value, nonce, Number(vector["gasPrice"]), gas, to, value, data, Access(vector)),
            _ => new EvmTransaction.Legacy(chain, nonce, Number(vector["gasPrice"]), gas, to, value, data),
        };
    }

    private static ValueList<AccessEntry> Access(JsonNode vector) =>
        [.. vector["accessList"]!.AsArray().Select(entry => new AccessEntry(
            Account(entry!["address"]), [.. entry["storageKeys"]!.AsArray().Select(DigestOf)]))];

    private static UInt256 Number(JsonNode? node) => UInt256.TryParse(Text(node))!.Value;

    private static RlpItem Item(JsonNode node) => node is JsonArray list
        ? new RlpItem.List([.. list.Select(each => Item(each!))])
        : RlpItem.Of(Bytes(node));
}
