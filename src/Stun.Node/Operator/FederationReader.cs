using System.Text.Json;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Networks;
using Stun.Node.Configuration;
using Stun.Node.Settings;

namespace Stun.Node.Operator;

/// <summary>
/// Reads the file of a federation. It comes from another institute, so nothing in it is passed over: what is not known
/// is refused, and everything that is wrong is told at once, each with its place.
/// </summary>
internal sealed class FederationReader
{
    public const string Code = "federation.form";

    private const int EndpointsMax = 16;

    /// <summary>The file, an entry of a list in it, and one more to find out that it is too deep.</summary>
    private const int DepthMax = 4;

    private readonly FaultList faults = new();
    private readonly Origin origin;

    private FederationReader(string shown) => origin = new Origin.File(shown, 0, 0);

    /// <param name="shown">What the file is called, for messages.</param>
    public static Federation Read(ReadOnlyMemory<byte> text, string shown)
    {
        var reader = new FederationReader(shown);
        var read = reader.TryRead(text, shown);
        reader.faults.ThrowIfAny(Code, "The file of the federation");
        return read!;
    }

    private Federation? TryRead(ReadOnlyMemory<byte> text, string shown)
    {
        if (text.Length > Federation.BytesMax)
        {
            faults.Add(origin, "", $"It has more than {Federation.BytesMax} bytes: it is no such file.");
            return null;
        }
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions
            {
                MaxDepth = DepthMax,
                AllowDuplicateProperties = false,
            });
            return ReadAll(document.RootElement);
        }
        catch (JsonException bad)
        {
            faults.Add(new Origin.File(shown, (int)(bad.LineNumber ?? -1) + 1, (int)(bad.BytePositionInLine ?? -1) + 1),
                "", "It is no JSON, or says something twice, or is too deep.");
            return null;
        }
    }

    private Federation? ReadAll(JsonElement root)
    {
        if (!IsObject(root, "")) return null;
        // What another version says may mean something else: then nothing of it is judged.
        if (Number(root, "version") is { } version && version != Federation.Version)
        {
            faults.Add(origin, "version", $"It is {version}, and this program reads {Federation.Version}. Update it, "
                + "or have the file written by this version.");
            return null;
        }
        OnlyKnown(root, "", "version", "network", "chainId", "contract", "token", "block", "endpoints", "nodes");
        var network = NetworkOf(root);
        var contract = AddressOf(root, "contract", "");
        var token = AddressOf(root, "token", "");
        if (contract is not null && contract == token)
            faults.Add(origin, "token", "It is the contract as well. Give the token that the contract takes.");
        var block = root.TryGetProperty("block", out _) ? Number(root, "block") : null;
        var endpoints = EndpointsOf(root);
        var nodes = NodesOf(root);
        return faults.IsEmpty
            ? new Federation(network!, contract!.Value, token!.Value, block, nodes) { Endpoints = endpoints }
            : null;
    }

    private EvmNetwork? NetworkOf(JsonElement root)
    {
        var id = Number(root, "chainId");
        if (Text(root, "network", "") is not { } name) return null;
        if (ConfigurationKeys.ChainName.Read(name) is not EvmNetwork network)
        {
            faults.Add(origin, "network", $"There is no network '{YamlTree.Shown(name)}'. Give "
                + $"{ConfigurationKeys.ChainName.Explanation}.");
            return null;
        }
        if (id is { } given && given != network.ChainId)
            faults.Add(origin, "chainId", $"It is {given}, and {name} has {network.ChainId}. One of them is wrong: ask "
                + "whoever gave you the file.");
        return network;
    }

    private ValueList<string> EndpointsOf(JsonElement root)
    {
        if (!root.TryGetProperty("endpoints", out var list)) return [];
        if (!IsList(list, "endpoints", EndpointsMax)) return [];
        List<string> endpoints = [];
        foreach (var (index, each) in list.EnumerateArray().Index())
            if (each.ValueKind == JsonValueKind.String
                && Forms.ChainUrl.Read(each.GetString()!) is string url) endpoints.Add(url);
            else faults.Add(origin, $"endpoints[{index}]", $"Give {Forms.ChainUrl.Explanation}.");
        return [.. endpoints];
    }

    private ValueList<FederatedNode> NodesOf(JsonElement root)
    {
        if (!root.TryGetProperty("nodes", out var list))
        {
            faults.Add(origin, "nodes", "It is missing. Give a list, empty where nobody is admitted yet.");
            return [];
        }
        if (!IsList(list, "nodes", Federation.NodesMax)) return [];
        List<FederatedNode> nodes = [];
        foreach (var (index, each) in list.EnumerateArray().Index())
        {
            var place = $"nodes[{index}]";
            if (!IsObject(each, place) || NodeOf(each, place) is not { } node) continue;
            if (nodes.Any(other => other.Name == node.Name))
                faults.Add(origin, $"{place}.name", $"'{node.Name}' is the name of another node in it. Keep one.");
            if (nodes.Any(other => other.Address == node.Address))
                faults.Add(origin, $"{place}.address", $"{node.Address} stands in it twice. Keep one.");
            nodes.Add(node);
        }
        return [.. nodes];
    }

    private FederatedNode? NodeOf(JsonElement node, string place)
    {
        OnlyKnown(node, place, "name", "address", "door");
        var name = Text(node, "name", place);
        if (name is not null && !FederatedNode.IsName(name))
            faults.Add(origin, $"{place}.name", $"'{YamlTree.Shown(name)}' is no name: 1 to "
                + $"{FederatedNode.NameLengthMax} letters, digits and dashes.");
        var address = AddressOf(node, "address", place);
        Uri? door = null;
        if (node.TryGetProperty("door", out var said))
        {
            if (said.ValueKind == JsonValueKind.String && Forms.HttpUrl.Read(said.GetString()!) is string url)
                door = new Uri(url);
            else faults.Add(origin, $"{place}.door", $"Give {Forms.HttpUrl.Explanation}, or leave it out.");
        }
        return name is null || address is null ? null : new FederatedNode(name, address.Value, door);
    }

    private Address? AddressOf(JsonElement holder, string key, string place)
    {
        if (Text(holder, key, place) is not { } text) return null;
        if (AddressText.TryParse(text) is { IsZero: false } address) return address;
        faults.Add(origin, Below(place, key), $"'{YamlTree.Shown(text)}' is no address: 0x and 40 hexadecimal digits, "
            + "whose capitals are a checksum where there are any.");
        return null;
    }

    private string? Text(JsonElement holder, string key, string place)
    {
        if (holder.TryGetProperty(key, out var said) && said.ValueKind == JsonValueKind.String)
            return said.GetString();
        faults.Add(origin, Below(place, key), "It is missing, or no text.");
        return null;
    }

    private ulong? Number(JsonElement root, string key)
    {
        if (root.TryGetProperty(key, out var said) && said.ValueKind == JsonValueKind.Number
            && said.TryGetUInt64(out var number)) return number;
        faults.Add(origin, key, "It is missing, or no whole number.");
        return null;
    }

    private bool IsObject(JsonElement said, string place)
    {
        if (said.ValueKind == JsonValueKind.Object) return true;
        faults.Add(origin, place, "Names and values in braces are expected.");
        return false;
    }

    private bool IsList(JsonElement said, string place, int most)
    {
        if (said.ValueKind == JsonValueKind.Array && said.GetArrayLength() <= most) return true;
        faults.Add(origin, place, $"A list of at most {most} is expected.");
        return false;
    }

    private void OnlyKnown(JsonElement holder, string place, params string[] known)
    {
        foreach (var each in holder.EnumerateObject())
            if (!known.Contains(each.Name))
                faults.Add(origin, Below(place, YamlTree.Shown(each.Name)), "It has no such key. Known are "
                    + $"{string.Join(", ", known)}.");
    }

    private static string Below(string place, string key) => place.Length == 0 ? key : $"{place}.{key}";
}
