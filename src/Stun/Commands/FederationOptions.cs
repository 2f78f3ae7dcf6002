using System.CommandLine;
using Stun.Chain.Evm;
using Stun.Node.Operator;
using Stun.Protocol;

namespace Stun.Commands;

/// <summary>How nodes and endpoints of a federation are written in a command.</summary>
internal static class FederationOptions
{
    private const string Name = "--node";

    public static readonly Option<FederatedNode[]> Some = Make(false), AtLeastOne = Make(true);

    public static readonly Option<Uri[]> Shared = new("--endpoint")
    {
        Description = "An endpoint of the chain that all who have the file may use; may be given several times.",
        HelpName = "URL",
        CustomParser = result => [.. result.Tokens.Select(
            token => Stun.Shared.UrlOf(token.Value, result.AddError)).OfType<Uri>()],
    };

    public static IReadOnlyList<FederatedNode> NodesOf(ParseResult parsed) =>
        parsed.GetValue<FederatedNode[]>(Name) ?? [];

    public static Address? AddressOf(string text, Action<string> refuse)
    {
        if (AddressText.TryParse(text) is { IsZero: false } address) return address;
        refuse($"'{text}' is no address. Write 0x and 40 digits, whose capitals are a checksum where there are any.");
        return null;
    }

    private static FederatedNode? NodeOf(string text, Action<string> refuse)
    {
        var sign = text.IndexOf('=');
        var comma = text.IndexOf(',');
        if (sign <= 0 || !FederatedNode.IsName(text[..sign]))
        {
            refuse($"'{text}' is no node. Write NAME=ADDRESS, the name of letters, digits and dashes, or "
                + "NAME=ADDRESS,DOOR with the URL where its results are read.");
            return null;
        }
        Uri? door = null;
        if (comma > sign
            && (door = Stun.Shared.UrlOf(text[(comma + 1)..], refuse)) is not { Scheme: "http" or "https" })
        {
            if (door is not null) refuse($"'{door}' is no address of a door. Write it like https://node.example.");
            return null;
        }
        return AddressOf(comma > sign ? text[(sign + 1)..comma] : text[(sign + 1)..], refuse) is { } address
            ? new FederatedNode(text[..sign], address, door)
            : null;
    }

    private static Option<FederatedNode[]> Make(bool isRequired) => new(Name)
    {
        Description = "A node, by its name and what it sends with; may be given several times.",
        HelpName = "NAME=ADDRESS",
        Required = isRequired,
        CustomParser = result => [.. result.Tokens.Select(token => NodeOf(token.Value, result.AddError))
            .OfType<FederatedNode>()],
    };
}
