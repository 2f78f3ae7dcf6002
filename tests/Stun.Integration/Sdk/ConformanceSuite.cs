using System.Text.Json.Nodes;

namespace Stun.Integration.Sdk;

/// <summary>What every SDK must do, as data.</summary>
internal static class ConformanceSuite
{
    private static readonly string Folder = SdkProgram.FolderOf("conformance");

    public static IReadOnlyDictionary<string, JsonArray> Scenarios { get; } = Read("suite.json")["scenarios"]!.AsArray()
        .ToDictionary(each => (string)each!["name"]!, each => each!["steps"]!.AsArray());

    /// <summary>A proof that was made with known keys, with its terms.</summary>
    public static JsonObject Proof { get; } = Read("proof.json");

    private static JsonObject Read(string name) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, name)))!.AsObject();
}
