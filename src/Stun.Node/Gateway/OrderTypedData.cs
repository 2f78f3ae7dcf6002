using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Stun.Node.Gateway;

/// <summary>
/// What a wallet is shown and signs (eth_signTypedData_v4): the same fields under the same names as
/// <see cref="TypedData"/> hashes, so that the digest is the same.
/// </summary>
internal static class OrderTypedData
{
    private static readonly (string Name, string Type)[] DomainFields =
        [("name", "string"), ("version", "string"), ("chainId", "uint256"), ("verifyingContract", "address")];

    private static readonly (string Name, string Type)[] OrderFields =
    [
        ("requester", "address"), ("idempotencyKey", "uint64"), ("spec", "bytes32"), ("runTimeMax", "uint64"),
        ("priceLimit", "uint128"), ("deadline", "uint64"), ("priority", "uint8"), ("modelCreator", "address"),
        ("home", "uint64"),
    ];

    public static string Write(TypedDataDomain domain, TaskOrder order)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteStartObject("types");
            WriteType(json, "EIP712Domain", DomainFields);
            WriteType(json, nameof(TaskOrder), OrderFields);
            json.WriteEndObject();
            json.WriteString("primaryType", nameof(TaskOrder));
            json.WriteStartObject("domain");
            json.WriteString("name", "Stun");
            json.WriteString("version", "1");
            // Wallets compare it with the chain that they are at, and some take only a number.
            json.WriteNumber("chainId", domain.ChainId);
            json.WriteString("verifyingContract", domain.Contract.ToString());
            json.WriteEndObject();
            WriteMessage(json, order);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static void WriteMessage(Utf8JsonWriter json, TaskOrder order)
    {
        json.WriteStartObject("message");
        json.WriteString("requester", order.Requester.ToString());
        Number("idempotencyKey", order.IdempotencyKey);
        json.WriteString("spec", $"0x{TypedData.SpecDigest(order.Spec)}");
        Number("runTimeMax", unchecked((ulong)order.RunTimeMax.Micros));
        json.WriteString("priceLimit", order.PriceLimit.ToString());
        Number("deadline", unchecked((ulong)order.Deadline.Micros));
        Number("priority", (ulong)order.Priority);
        json.WriteString("modelCreator", order.ModelCreator.ToString());
        Number("home", order.Home.Code);
        json.WriteEndObject();

        // As text: a browser's numbers end at 2^53.
        void Number(string name, ulong value) =>
            json.WriteString(name, value.ToString(CultureInfo.InvariantCulture));
    }

    private static void WriteType(Utf8JsonWriter json, string name, (string Name, string Type)[] fields)
    {
        json.WriteStartArray(name);
        foreach (var field in fields)
        {
            json.WriteStartObject();
            json.WriteString("name", field.Name);
            json.WriteString("type", field.Type);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
