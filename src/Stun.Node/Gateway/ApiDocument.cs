using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;

namespace Stun.Node.Gateway;

/// <summary>Writes the OpenAPI document of a table of routes.</summary>
internal static class ApiDocument
{
    private const string Problem = "application/problem+json";

    /// <summary>What every endpoint may answer with; those behind the line only where a key is needed.</summary>
    private static readonly string[] Everywhere =
        ["request.malformed", "request.too-large", "request.too-slow", "rate.limited", "node.busy", "node.draining", "node.failed"];

    private static readonly string[] WithKey = ["auth.missing", "auth.refused", "auth.forbidden"];

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write(IReadOnlyList<ApiRoute> routes)
    {
        var schemas = new SortedDictionary<string, JsonNode>(StringComparer.Ordinal);
        var paths = new JsonObject();
        foreach (var group in routes.GroupBy(route => PathOf(route), StringComparer.Ordinal))
        {
            var path = new JsonObject();
            foreach (var route in group) path[route.Method.ToLowerInvariant()] = Operation(route, schemas);
            paths[group.Key] = path;
        }
        Add(typeof(ProblemView), schemas);
        var components = new JsonObject
        {
            ["securitySchemes"] = new JsonObject
            {
                ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
            },
            ["schemas"] = new JsonObject(schemas.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
        };
        var document = new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Stun",
                ["version"] = "1",
                ["description"] = "The API of a node. Every refusal is a problem document whose code never changes its meaning.",
            },
            ["paths"] = paths,
            ["components"] = components,
        };
        return document.ToJsonString(Indented) + "\n";
    }

    public static IEnumerable<string> CodesOf(ApiRoute route) => route.Refusals
        .Concat(Everywhere).Concat(route.Right == Right.None ? [] : WithKey)
        .Concat(route.Body is null ? [] : ["request.media-type"])
        .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>A part that takes slashes is written as others are.</summary>
    public static string PathOf(ApiRoute route) => route.Path.Replace("{**", "{", StringComparison.Ordinal);

    private static JsonObject Operation(ApiRoute route, SortedDictionary<string, JsonNode> schemas)
    {
        var operation = new JsonObject { ["operationId"] = route.Name, ["summary"] = route.Summary };
        if (route.Right != Right.None)
        {
            operation["security"] = new JsonArray(new JsonObject { ["bearer"] = new JsonArray() });
            operation["x-right"] = RoleTable.NameOf(route.Right);
        }
        if (route.Parameters.Count > 0)
            operation["parameters"] = new JsonArray([.. route.Parameters.Select(Parameter)]);
        if (route.Body is { } body)
            operation["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = Add(body, schemas) } },
            };
        if (route.TakesBytes)
            operation["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = new JsonObject { ["application/octet-stream"] = new JsonObject() },
            };
        operation["responses"] = Responses(route, schemas);
        return operation;
    }

    private static JsonObject Responses(ApiRoute route, SortedDictionary<string, JsonNode> schemas)
    {
        var responses = new SortedDictionary<int, JsonObject>();
        foreach (var answer in route.Answers)
        {
            if (!responses.TryGetValue(answer.Status, out var response))
                responses[answer.Status] = response = new JsonObject { ["description"] = answer.Meaning };
            if (answer.MediaType is null) continue;
            var content = response["content"] as JsonObject ?? [];
            response["content"] = content;
            content[answer.MediaType] = answer.Body is { } body
                ? new JsonObject { ["schema"] = Add(body, schemas) }
                : new JsonObject();
        }
        foreach (var group in CodesOf(route).GroupBy(code => ErrorBook.Of(code).Status))
            responses[group.Key] = new JsonObject
            {
                ["description"] = string.Join(" ", group.Select(code => $"{code}: {ErrorBook.Of(code).Title}")),
                ["content"] = new JsonObject
                {
                    [Problem] = new JsonObject { ["schema"] = Add(typeof(ProblemView), schemas) },
                },
            };
        return new JsonObject(responses.Select(pair =>
            KeyValuePair.Create(pair.Key.ToString(System.Globalization.CultureInfo.InvariantCulture), (JsonNode?)pair.Value)));
    }

    private static JsonNode Parameter(ApiParameter parameter)
    {
        var node = new JsonObject
        {
            ["name"] = parameter.Name,
            ["in"] = parameter.In,
            ["description"] = parameter.Meaning,
            ["schema"] = new JsonObject { ["type"] = parameter.Kind },
        };
        if (parameter.In == "path") node["required"] = true;
        return node;
    }

    /// <summary>A reference to the type's schema, which is among the components afterwards.</summary>
    private static JsonObject Add(Type type, SortedDictionary<string, JsonNode> schemas)
    {
        if (!schemas.ContainsKey(type.Name))
        {
            schemas[type.Name] = new JsonObject();
            schemas[type.Name] = ApiJson.Default.Options.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions
            {
                TreatNullObliviousAsNonNullable = true,
                TransformSchemaNode = (context, schema) => Transform(context, schema, schemas),
            });
        }
        return new JsonObject { ["$ref"] = "#/components/schemas/" + type.Name };
    }

    private static JsonNode Transform(
        JsonSchemaExporterContext context, JsonNode schema, SortedDictionary<string, JsonNode> schemas)
    {
        var type = context.TypeInfo.Type;
        var isInner = context.Path.Length > 0;
        if (isInner && type.Namespace == typeof(ApiDocument).Namespace) return Add(type, schemas);
        // What is not there is left out of an answer: it need not be, and is never null.
        if (schema is JsonObject node && node["required"] is JsonArray && !isInner)
            node["required"] = new JsonArray([.. Required(context, node).Select(name => (JsonNode?)name)]);
        if (schema is JsonObject root && !isInner && root["type"] is JsonArray) root["type"] = "object";
        return schema;
    }

    private static IEnumerable<string> Required(JsonSchemaExporterContext context, JsonObject schema)
    {
        var nullable = context.TypeInfo.Properties.Where(property => property.IsGetNullable)
            .Select(property => property.Name).ToHashSet(StringComparer.Ordinal);
        return schema["required"]!.AsArray().Select(entry => entry!.GetValue<string>())
            .Where(name => !nullable.Contains(name));
    }
}
