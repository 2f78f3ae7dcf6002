using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Stun.Chain.Evm.Networks;
using Stun.Node.Configuration;

namespace Stun.Node.Operator;

/// <summary>A node that answers for a federation.</summary>
/// <param name="Address">What it sends with: an authorised sender of the contract.</param>
/// <param name="Door">Where its larger results are read; null where it does not say.</param>
public sealed record FederatedNode(string Name, Address Address, Uri? Door = null)
{
    internal const int NameLengthMax = 64;

    /// <summary>A name that anybody can say and no shell mistakes.</summary>
    public static bool IsName(string text) => text.Length is > 0 and <= NameLengthMax
        && text.All(sign => char.IsAsciiLetterOrDigit(sign) || sign == '-') && text[0] != '-';
}

/// <summary>
/// What institutes exchange to answer for one operator's contract together: one file, and no secret in it unless its
/// endpoints are some.
/// </summary>
/// <param name="Block">Of the contract's deployment; null where that is not known.</param>
public sealed record Federation(
    EvmNetwork Network, Address Contract, Address Token, ulong? Block, ValueList<FederatedNode> Nodes)
{
    public const int Version = 1;

    /// <summary>As many as the contract can name.</summary>
    public const int NodesMax = 64;

    /// <summary>Far more than so many nodes and endpoints need.</summary>
    internal const int BytesMax = 64 << 10;

    private static readonly JsonWriterOptions Form = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Endpoints of the chain that may be shared, for institutes that have none of their own.</summary>
    public ValueList<string> Endpoints { get; init; } = [];

    /// <summary>As configurations name the chain: <c>base</c>, <c>local:777</c>.</summary>
    public string NetworkName => ConfigurationKeys.ChainName.Write(Network);

    /// <exception cref="NodeException"><c>federation.no-file</c>, or <c>federation.form</c> with everything that is
    /// wrong.</exception>
    public static Federation Load(string file)
    {
        var bytes = new byte[BytesMax + 1];
        int count;
        try
        {
            using var stream = File.OpenRead(file);
            count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new NodeException("federation.no-file", $"There is no file {file}, or it cannot be read.",
                "Give the file of a federation: whoever owns its contract has it.", failure);
        }
        return FederationReader.Read(bytes.AsMemory(0, count), file);
    }

    public string Write()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Form)) Write(writer);
        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    /// <summary>Whole or not at all: a file cut short could not be read again.</summary>
    public void Save(string file)
    {
        var path = Path.GetFullPath(file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path + ".next", Write());
        File.Move(path + ".next", path, overwrite: true);
    }

    /// <summary>The same with this node in it; the same again where it is there already.</summary>
    /// <exception cref="NodeException"><c>federation.taken</c>: one of them is another's.</exception>
    public Federation With(FederatedNode node)
    {
        if (Nodes.Contains(node)) return this;
        if (Nodes.FirstOrDefault(each => each.Name == node.Name && each.Address != node.Address) is { } namesake)
            throw new NodeException("federation.taken",
                $"'{node.Name}' is {namesake.Address} in the file, and not {node.Address}.",
                $"Choose another name, or dismiss '{node.Name}' first.");
        if (Nodes.FirstOrDefault(each => each.Address == node.Address && each.Name != node.Name) is { } same)
            throw new NodeException("federation.taken", $"{node.Address} is '{same.Name}' in the file already.",
                $"Use that name, or dismiss '{same.Name}' first.");
        // The same node, whose door may be another one now.
        var before = Nodes.FirstOrDefault(each => each.Name == node.Name);
        return before is null ? this with { Nodes = [.. Nodes, node] }
            : node.Door is null ? this
            : this with { Nodes = [.. Nodes.Select(each => each == before ? node : each)] };
    }

    public Federation Without(Address node) =>
        this with { Nodes = [.. Nodes.Where(each => each.Address != node)] };

    /// <summary>Without the endpoints: they may be meant for few.</summary>
    public override string ToString() => $"{NetworkName}, {Contract}, {Nodes.Count} nodes";

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("version", Version);
        writer.WriteString("network", NetworkName);
        writer.WriteNumber("chainId", Network.ChainId);
        writer.WriteString("contract", $"{Contract}");
        writer.WriteString("token", $"{Token}");
        if (Block is { } block) writer.WriteNumber("block", block);
        if (Endpoints.Count > 0)
        {
            writer.WriteStartArray("endpoints");
            foreach (var each in Endpoints) writer.WriteStringValue(each);
            writer.WriteEndArray();
        }
        writer.WriteStartArray("nodes");
        foreach (var node in Nodes)
        {
            writer.WriteStartObject();
            writer.WriteString("name", node.Name);
            writer.WriteString("address", $"{node.Address}");
            if (node.Door is { } door) writer.WriteString("door", door.OriginalString);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
