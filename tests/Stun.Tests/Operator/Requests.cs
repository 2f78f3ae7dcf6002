using System.Text;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Encoding;
using Stun.Node.Operator.Wire;

namespace Stun.Tests.Operator;

/// <summary>Requests as contracts write them. The numbers of the first are published with the prototype.</summary>
internal static class Requests
{
    public const string Requester = "0x2abeb7afc86612a6d9a1727abc677270adc2422a";
    public const string Id = "0x7177d8e016d4d507166ce563e68da73a867f100a43014006b147c6819fcb02b9";
    public const string Spec = "0x3564623935356461626433333430323438363134303638353865316662626532";

    public const string Pairs =
        "0x6773657276696365646563686f64646174616431303234676b6579706174686063616269606a6d756c7469706c69657260";

    public static OracleRequest Published { get; } = new(
        Hex.ParseDigest(Spec, "spec"), AddressText.Parse(Requester, "requester"), Hex.ParseDigest(Id, "id"), 0,
        AddressText.Parse(Requester, "callback"), 0xc2fb8523, 1663508100UL, 1UL,
        ValueList.Create<byte>(Hex.ParseData(Pairs, "data")));

    /// <param name="pairs">Names and values by turns.</param>
    public static OracleRequest Of(ulong payment, params string[] pairs) => Published with
    {
        Payment = payment,
        Data = ValueList.Create<byte>([.. pairs.SelectMany(Text)]),
    };

    public static OracleRequest Asking(string service, string data, string keypath = "", string abi = "",
        string multiplier = "", ulong payment = 0) =>
        Of(payment, "service", service, "data", data, "keypath", keypath, "abi", abi, "multiplier", multiplier);

    public static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Length switch
        {
            < 24 => [(byte)(0x60 + bytes.Length), .. bytes],
            < 256 => [0x78, (byte)bytes.Length, .. bytes],
            _ => [0x79, (byte)(bytes.Length >> 8), (byte)(bytes.Length & 255), .. bytes],
        };
    }
}
