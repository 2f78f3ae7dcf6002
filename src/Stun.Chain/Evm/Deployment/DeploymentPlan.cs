namespace Stun.Chain.Evm.Deployment;

/// <param name="InitCode">As the compiler gave it, without the arguments of the constructor.</param>
/// <param name="ConstructorData">The arguments, encoded; empty where there are none.</param>
public sealed record PlannedContract(string Name, ReadOnlyMemory<byte> InitCode, ReadOnlyMemory<byte> ConstructorData)
{
    internal byte[] Code => [.. InitCode.Span, .. ConstructorData.Span];
}

/// <summary>
/// Contracts in the order in which they are made. Their addresses follow from salt and code alone, whoever sends and
/// on whichever chain (EIP-1014), so that one contract can be told of another before either is there.
/// </summary>
public sealed record DeploymentPlan(Digest Salt, IReadOnlyList<PlannedContract> Contracts)
{
    /// <summary>
    /// A contract that makes contracts, at this address on nearly every chain, made by a transaction that anybody can
    /// send and that has no key.
    /// </summary>
    public static Address Proxy { get; } = new(0x4e59b44847b37957, 0x8588920ca78fbf26, 0xc0b4956c);

    public Address AddressOf(PlannedContract contract)
    {
        var bytes = new byte[1 + Address.Size + (2 * Digest.Size)];
        bytes[0] = 0xff;
        Proxy.Write(bytes.AsSpan(1, Address.Size));
        Salt.Write(bytes.AsSpan(1 + Address.Size, Digest.Size));
        Keccak256.Hash(contract.Code).Write(bytes.AsSpan(1 + Address.Size + Digest.Size, Digest.Size));
        Span<byte> hash = stackalloc byte[Digest.Size];
        Keccak256.Hash(bytes).Write(hash);
        return Address.Read(hash[(Digest.Size - Address.Size)..]);
    }
}
