using System.Globalization;
using System.Text.Json;
using Stun.Node.Gateway;

namespace Stun.Integration.Gateway;

/// <summary>Compares answers with the OpenAPI document: the part of JSON Schema that it uses, and nothing of ours.
/// </summary>
internal sealed class SchemaCheck(JsonElement document)
{
    public int CheckedCount { get; private set; }

    public List<string> Faults(ApiRoute route, LiveNode.Answer answer)
    {
        var path = route.Path.Replace("{**", "{", StringComparison.Ordinal);
        var where = $"{route.Method} {path} {(int)answer.Status}";
        var responses = document.GetProperty("paths").GetProperty(path)
            .GetProperty(route.Method.ToLowerInvariant()).GetProperty("responses");
        var status = ((int)answer.Status).ToString(CultureInfo.InvariantCulture);
        if (!responses.TryGetProperty(status, out var response)) return [
            $"{where} is not in the document: {answer.Text}"];
        var type = answer.ContentHeaders.ContentType?.MediaType;
        if (type is null || answer.Bytes.Length == 0) return [];
        if (!response.TryGetProperty("content", out var content) || !content.TryGetProperty(type, out var media))
            return [$"{where} answers with {type}, which is not in the document."];
        if (!media.TryGetProperty("schema", out var schema)) return [];
        CheckedCount++;
        return Faults(schema, answer.Json, document, where);
    }

    public static List<string> Faults(JsonElement schema, JsonElement value, JsonElement document, string at)
    {
        if (schema.ValueKind is JsonValueKind.True) return [];
        if (schema.TryGetProperty("$ref", out var reference))
        {
            var target = document;
            foreach (var part in reference.GetString()!.Split('/').Skip(1)) target = target.GetProperty(part);
            return Faults(target, value, document, at);
        }
        List<string> faults = [];
        if (schema.TryGetProperty("type", out var type) && !IsOf(type, value))
            return [$"{at}: {value.ValueKind} is not {type}"];
        if (value.ValueKind == JsonValueKind.Object) CheckObject(schema, value, document, at, faults);
        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
            foreach (var (index, item) in value.EnumerateArray().Index())
                faults.AddRange(Faults(items, item, document, $"{at}[{index}]"));
        return faults;
    }

    private static void CheckObject(
        JsonElement schema, JsonElement value, JsonElement document, string at, List<string> faults)
    {
        if (schema.TryGetProperty("required", out var required))
            foreach (var name in required.EnumerateArray())
                if (!value.TryGetProperty(name.GetString()!, out _)) faults.Add($"{at}: {name} is missing");
        var hasProperties = schema.TryGetProperty("properties", out var properties);
        var hasMore = schema.TryGetProperty("additionalProperties", out var more);
        foreach (var property in value.EnumerateObject())
        {
            if (hasProperties && properties.TryGetProperty(property.Name, out var inner))
                faults.AddRange(Faults(inner, property.Value, document, $"{at}.{property.Name}"));
            else if (hasMore && more.ValueKind == JsonValueKind.Object)
                faults.AddRange(Faults(more, property.Value, document, $"{at}.{property.Name}"));
            else faults.Add($"{at}: {property.Name} is not in the schema");
        }
    }

    private static bool IsOf(JsonElement type, JsonElement value) => type.ValueKind == JsonValueKind.Array
        ? type.EnumerateArray().Any(one => IsOf(one, value))
        : type.GetString() switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "null" => value.ValueKind == JsonValueKind.Null,
            "integer" => value.ValueKind == JsonValueKind.Number && !value.GetRawText().Contains('.'),
            "number" => value.ValueKind == JsonValueKind.Number,
            _ => false,
        };
}
