using System.Numerics;

namespace Stun.Chain.Evm.Abi;

/// <summary>
/// A value whose type is known only at run time: errors and logs that are shown, not computed with. Numbers have no
/// end here, because this is the edge; the type decides what fits.
/// </summary>
public abstract record AbiValue
{
    private AbiValue() { }

    /// <summary>Any of uint8…256 and int8…256.</summary>
    public sealed record Number(BigInteger Value) : AbiValue
    {
        public override string ToString() => Value.ToString();
    }

    public sealed record Flag(bool Value) : AbiValue
    {
        public override string ToString() => Value ? "true" : "false";
    }

    public sealed record Account(Address Value) : AbiValue
    {
        public override string ToString() => Value.ToString();
    }

    /// <summary>bytes and bytes1…32.</summary>
    public sealed record Bytes(ValueList<byte> Value) : AbiValue
    {
        public override string ToString() => Encoding.Hex.Data(Value.Span);
    }

    public sealed record Text(string Value) : AbiValue
    {
        public override string ToString() => $"\"{Value}\"";
    }

    /// <summary>An array or a tuple.</summary>
    public sealed record List(ValueList<AbiValue> Items) : AbiValue
    {
        public override string ToString() => Items.ToString();
    }
}
