using System.Text.Json.Nodes;

namespace Stun.Integration.Doors.Tes;

/// <summary>
/// Holds requests and answers against the standard's own document: the part of the schema language that it uses. A
/// property that it does not name is a fault of an answer.
/// </summary>
internal sealed class OpenApiCheck
{
    private const string Document = "api/openapi/ga4gh-tes-1.1.0.yaml";

    /// <summary>What the document refers to elsewhere: GA4GH service-info 1.0.0, in the words of its specification: a
    /// service has an id, a name, a type, an organization and a version, and may have some texts more.</summary>
    private static readonly JsonNode ServiceInfo = JsonNode.Parse("""
        {
          "Service": {
            "type": "object",
            "required": ["id", "name", "type", "organization", "version"],
            "properties": {
              "id": {"type": "string"}, "name": {"type": "string"}, "version": {"type": "string"},
              "type": {"$ref": "#/components/schemas/ServiceType"},
              "organization": {
                "type": "object", "required": ["name", "url"],
                "properties": {"name": {"type": "string"}, "url": {"type": "string"}}
              },
              "description": {"type": "string"}, "contactUrl": {"type": "string"},
              "documentationUrl": {"type": "string"}, "createdAt": {"type": "string"},
              "updatedAt": {"type": "string"}, "environment": {"type": "string"}
            }
          },
          "ServiceType": {
            "type": "object", "required": ["group", "artifact", "version"],
            "properties": {
              "group": {"type": "string"}, "artifact": {"type": "string"}, "version": {"type": "string"}
            }
          }
        }
        """)!;

    private readonly JsonNode document = YamlJson.Read(Document);

    public int CheckedCount { get; private set; }

    public JsonNode Schema(string name) => document["components"]!["schemas"]![name]!;

    /// <summary>What is wrong with an answer to this operation.</summary>
    public List<string> OfAnswer(string method, string path, JsonNode? answer)
    {
        var operation = document["paths"]![path]![method.ToLowerInvariant()]!;
        var schema = operation["responses"]!["200"]!["content"]!["application/json"]!["schema"]!;
        CheckedCount++;
        return Faults(schema, answer, $"{method} {path}");
    }

    public List<string> OfRequest(JsonNode? request)
    {
        CheckedCount++;
        return Faults(Schema("tesTask"), request, "request");
    }

    public List<string> Faults(JsonNode schema, JsonNode? value, string at)
    {
        List<string> faults = [];
        Check(schema, value, at, faults);
        HashSet<string> named = [];
        if (value is JsonObject given && IsClosed(schema, named))
            faults.AddRange(given.Select(pair => pair.Key).Where(name => !named.Contains(name))
                .Select(name => $"{at}: {name} is not in the schema"));
        return faults;
    }

    private void Check(JsonNode schema, JsonNode? value, string at, List<string> faults)
    {
        if (schema["$ref"] is { } reference)
        {
            Check(Target((string)reference!), value, at, faults);
            return;
        }
        foreach (var part in schema["allOf"]?.AsArray() ?? []) Check(part!, value, at, faults);
        if ((string?)schema["type"] is { } type && !IsOf(type, value))
        {
            faults.Add($"{at}: {value?.ToJsonString() ?? "null"} is no {type}");
            return;
        }
        if (schema["enum"] is JsonArray words && words.All(word => !JsonNode.DeepEquals(word, value)))
            faults.Add($"{at}: {value?.ToJsonString()} is none of {words.ToJsonString()}");
        if (value is JsonArray list && schema["items"] is { } items)
            foreach (var (index, item) in list.Index()) faults.AddRange(Faults(items, item, $"{at}[{index}]"));
        if (value is not JsonObject given) return;
        foreach (var name in schema["required"]?.AsArray() ?? [])
            if (!given.ContainsKey((string)name!)) faults.Add($"{at}: {name} is missing");
        foreach (var (name, inner) in given)
            if (schema["properties"]?[name] is { } known) faults.AddRange(Faults(known, inner, $"{at}.{name}"));
            else if (schema["additionalProperties"] is JsonObject more)
                faults.AddRange(Faults(more, inner, $"{at}.{name}"));
    }

    /// <summary>Whether all names that may be there are known, and which.</summary>
    private bool IsClosed(JsonNode schema, HashSet<string> named)
    {
        if (schema["$ref"] is { } reference) return IsClosed(Target((string)reference!), named);
        var isClosed = schema["additionalProperties"] is null && schema["properties"] is not null;
        foreach (var part in schema["allOf"]?.AsArray() ?? []) isClosed |= IsClosed(part!, named);
        foreach (var (name, _) in schema["properties"]?.AsObject() ?? []) named.Add(name);
        return isClosed;
    }

    private JsonNode Target(string reference)
    {
        var name = reference[(reference.LastIndexOf('/') + 1)..];
        return document["components"]!["schemas"]![name] ?? ServiceInfo[name]
            ?? throw new InvalidOperationException(reference);
    }

    private static bool IsOf(string type, JsonNode? value) => value?.GetValueKind() switch
    {
        System.Text.Json.JsonValueKind.Object => type == "object",
        System.Text.Json.JsonValueKind.Array => type == "array",
        System.Text.Json.JsonValueKind.String => type == "string",
        System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False => type == "boolean",
        System.Text.Json.JsonValueKind.Number =>
            type == "number" || (type == "integer" && !value.ToJsonString().Contains('.')),
        _ => false,
    };
}
