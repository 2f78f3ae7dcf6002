using System.Text.Json;
using System.Text.Json.Nodes;

namespace Stun.Node.Operator.Results;

/// <summary>
/// The way to a part of a document, as contracts write it: names and places joined by points, or by commas where a
/// name has a point. A step <c>name=value</c> takes the first of a list of which it holds.
/// </summary>
public static class KeyPath
{
    /// <summary>Deeper than any document that is read here.</summary>
    private const int StepsMax = 64;

    /// <exception cref="RequestRefusedException"><c>operator.no-such-key</c></exception>
    public static JsonNode? Follow(JsonNode? document, string path)
    {
        if (path.Length == 0) return document;
        var steps = path.Split(path.Contains(',') ? ',' : '.');
        if (steps.Length > StepsMax) throw Missing(path, path, $"more than {StepsMax} steps");
        var at = document;
        foreach (var step in steps) at = Step(at, step, path);
        return at;
    }

    private static JsonNode? Step(JsonNode? at, string step, string path)
    {
        var sign = step.IndexOf('=');
        if (sign >= 0) return Select(at, step[..sign], step[(sign + 1)..], path, step);
        switch (at)
        {
            case JsonObject named when named.TryGetPropertyValue(step, out var value): return value;
            case JsonArray list when int.TryParse(step, out var index) && index >= 0 && index < list.Count:
                return list[index];
            default: throw Missing(path, step, "it is not there");
        }
    }

    private static JsonNode? Select(JsonNode? at, string name, string value, string path, string step)
    {
        if (at is JsonArray list)
            foreach (var item in list)
                if (item is JsonObject named && named.TryGetPropertyValue(name, out var found)
                    && found?.GetValueKind() == JsonValueKind.String && found.GetValue<string>() == value)
                    return item;
        throw Missing(path, step, at is JsonArray ? "no entry of the list is like that" : "there is no list");
    }

    private static RequestRefusedException Missing(string path, string step, string why) => new(
        "operator.no-such-key",
        $"The answer has nothing at '{Sentence.Short(path)}': at '{Sentence.Short(step)}' {why}.");
}
