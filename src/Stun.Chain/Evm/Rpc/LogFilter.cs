namespace Stun.Chain.Evm.Rpc;

/// <summary>Which logs are asked for, apart from their blocks.</summary>
/// <param name="Topics">
/// At each place the topics of which one must be there; an empty list lets any pass. At most four places.
/// </param>
public sealed record LogFilter(IReadOnlyList<Address> Addresses, IReadOnlyList<IReadOnlyList<Digest>> Topics)
{
    public static LogFilter Of(params IReadOnlyList<Address> addresses) => new(addresses, []);

    internal void Write(RpcText text)
    {
        if (Addresses.Count > 0)
        {
            text.Raw(",\"address\":["u8);
            for (var at = 0; at < Addresses.Count; at++) text.Raw(at == 0 ? ""u8 : ","u8).Hex(Addresses[at]);
            text.Raw("]"u8);
        }
        if (Topics.Count == 0) return;
        text.Raw(",\"topics\":["u8);
        for (var place = 0; place < Topics.Count; place++)
        {
            text.Raw(place == 0 ? ""u8 : ","u8);
            if (Topics[place].Count == 0)
            {
                text.Raw("null"u8);
                continue;
            }
            text.Raw("["u8);
            for (var at = 0; at < Topics[place].Count; at++)
                text.Raw(at == 0 ? ""u8 : ","u8).Hex(Topics[place][at]);
            text.Raw("]"u8);
        }
        text.Raw("]"u8);
    }
}
