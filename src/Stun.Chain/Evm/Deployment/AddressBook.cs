using System.Text.Json;
using System.Text.Json.Serialization;
using Stun.Chain.Evm.Encoding;

namespace Stun.Chain.Evm.Deployment;

/// <summary>A contract that is there.</summary>
/// <param name="Transaction">Null where somebody else made it.</param>
/// <param name="CodeHash">Keccak-256 of the code on the chain.</param>
public sealed record DeployedContract(
    string Name, Address Address, Digest? Transaction, ulong? Block, Digest CodeHash);

/// <summary>Which contract is where on one chain.</summary>
public sealed partial record AddressBook(ulong ChainId, IReadOnlyList<DeployedContract> Contracts)
{
    internal sealed record Page(ulong ChainId, SortedDictionary<string, BookLine> Contracts);

    internal sealed record BookLine(string Address, string? Transaction, ulong? Block, string CodeHash);

    [JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        NewLine = "\n")]
    [JsonSerializable(typeof(Page))]
    private sealed partial class BookContext : JsonSerializerContext;

    public DeployedContract this[string name] => Contracts.FirstOrDefault(each => each.Name == name)
        ?? throw new ChainException("chain.not-deployed", $"The address book of chain {ChainId} has no '{name}'.",
            "Deploy the contracts first, or give the book of this network.");

    public string Write()
    {
        SortedDictionary<string, BookLine> lines = new(StringComparer.Ordinal);
        foreach (var each in Contracts)
            lines[each.Name] = new BookLine(each.Address.ToString(),
                each.Transaction is { } hash ? Hex.Data(hash) : null, each.Block, Hex.Data(each.CodeHash));
        return JsonSerializer.Serialize(new Page(ChainId, lines), BookContext.Default.Page) + "\n";
    }

    public static AddressBook Parse(string text)
    {
        try
        {
            var page = JsonSerializer.Deserialize(text, BookContext.Default.Page) ?? throw new JsonException("nothing");
            if (page.Contracts is null) throw new JsonException("it has no contracts");
            return new AddressBook(page.ChainId, [.. page.Contracts.Select(each => new DeployedContract(
                each.Key,
                Hex.ParseAddress(each.Value.Address, $"the address of {each.Key}"),
                each.Value.Transaction is { } hash ? Hex.ParseDigest(hash, $"the transaction of {each.Key}") : null,
                each.Value.Block,
                Hex.ParseDigest(each.Value.CodeHash, $"the code hash of {each.Key}")))]);
        }
        catch (Exception bad) when (bad is JsonException or NullReferenceException)
        {
            throw new ChainException("chain.book-form", $"The address book cannot be read: {bad.Message}",
                "Give a book that a deployment wrote.", bad);
        }
    }
}
