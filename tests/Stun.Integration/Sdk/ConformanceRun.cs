using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Stun.Integration.Sdk;

/// <summary>One scenario on its way: what was kept, and what each step must come to.</summary>
internal sealed class ConformanceRun(SdkDriver driver, FaultyLine line, string key, string image)
{
    private readonly SortedDictionary<string, JsonNode?> kept = new(StringComparer.Ordinal)
    {
        ["node"] = line.Address,
        ["key"] = key,
        ["image"] = image,
        ["proof"] = ConformanceSuite.Proof["document"],
        ["cbor"] = ConformanceSuite.Proof["cbor"],
        ["terms"] = ConformanceSuite.Proof["terms"],
    };

    private string place = "";

    public async Task PlayAsync(JsonArray steps)
    {
        line.BeginAnew();
        await driver.AskAsync("open", Filled(new JsonObject { ["node"] = "$node", ["key"] = "$key" }));
        foreach (var (index, step) in steps.Index())
        {
            place = $"step {index + 1}";
            await TakeAsync(step!.AsObject());
        }
        Assert.True(line.Left == 0, $"{line.Left} faults of the line have not come.");
    }

    private async Task TakeAsync(JsonObject step)
    {
        if (step.ContainsKey("call")) await CallAsync(step);
        else if (step.ContainsKey("tamper")) await TamperAsync(step);
        else if (step["line"] is JsonArray faults)
            foreach (var fault in faults) line.Break((string)step["on"]!, Filled(fault)!.AsObject());
        else if (step.ContainsKey("asked")) Count(step);
        else Assert.Fail($"{place} is of no known sort: {step.ToJsonString()}");
    }

    private async Task CallAsync(JsonObject step)
    {
        var call = (string)step["call"]!;
        place += $", {call}";
        var answer = await driver.AskAsync(call, Filled(step["with"]));
        if (step["fails"] is { } fails)
        {
            Match(fails, answer["error"] ?? Unexpected(answer), "error");
            return;
        }
        var given = answer["ok"] ?? Unexpected(answer);
        if (step["expect"] is { } expected) Match(expected, given, "answer");
        foreach (var (name, path) in step["keep"]?.AsObject() ?? [])
            kept[name] = ((string)path!).Split('.').Aggregate<string, JsonNode?>(given, (inner, part) => inner?[part])
                ?? Unexpected(answer);
    }

    private JsonObject Unexpected(JsonObject answer)
    {
        Assert.Fail($"{place}: {answer.ToJsonString()}");
        return answer;
    }

    private void Count(JsonObject step)
    {
        var on = (string)step["on"]!;
        Assert.True((int)step["asked"]! == line.CountOf(on), $"{place}: {line.CountOf(on)} times {on}.");
        if ((string?)step["same"] is { } header) Assert.NotEmpty(Assert.Single(line.ValuesOf(on, header)));
    }

    private async Task TamperAsync(JsonObject step)
    {
        var (document, terms) = (Filled(step["tamper"])!, Filled(step["terms"]));
        List<string> except = [.. step["except"]!.AsArray().Select(each => (string)each!)];
        var paths = Leaves(document, "").Where(path => !except.Contains(path)).ToList();
        Assert.True(paths.Count > 40, $"{place}: only {paths.Count} fields to be changed.");
        foreach (var path in paths)
        {
            var given = new JsonObject { ["document"] = Changed(document, path), ["terms"] = terms?.DeepClone() };
            var answer = await driver.AskAsync("verify", given);
            Assert.True((string?)answer["error"]?["kind"] == "ProofError", $"{path} may be changed.");
        }
    }

    /// <summary>The place of every text and number.</summary>
    private static IEnumerable<string> Leaves(JsonNode? value, string path) => value switch
    {
        JsonObject fields => fields.SelectMany(field => Leaves(field.Value, $"{path}.{field.Key}".TrimStart('.'))),
        JsonArray items => items.Index().SelectMany(item => Leaves(item.Item, $"{path}.{item.Index}")),
        null => [],
        _ => [path],
    };

    private static JsonNode Changed(JsonNode document, string path)
    {
        var copied = document.DeepClone();
        var parts = path.Split('.');
        var holder = parts[..^1].Aggregate(copied, (inner, part) => Inner(inner, part)!);
        var value = Inner(holder, parts[^1])!;
        if (value.GetValueKind() == JsonValueKind.Number)
        {
            value.ReplaceWith(value.GetValue<long>() + 1);
            return copied;
        }
        var text = value.GetValue<string>().ToCharArray();
        text[text.Length / 2] = text[text.Length / 2] == '1' ? '2' : '1';
        value.ReplaceWith(new string(text));
        return copied;
    }

    private static JsonNode? Inner(JsonNode holder, string part) =>
        holder is JsonArray items ? items[int.Parse(part, CultureInfo.InvariantCulture)] : holder[part];

    /// <summary>With what was kept in the place of its names.</summary>
    private JsonNode? Filled(JsonNode? node) => node switch
    {
        JsonObject fields => new JsonObject(fields.Select(each => KeyValuePair.Create(each.Key, Filled(each.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Filled)]),
        JsonValue value when value.TryGetValue<string>(out var text) && text.Contains('$') => Filled(text),
        _ => node?.DeepClone(),
    };

    private JsonNode? Filled(string text)
    {
        if (text[0] == '$' && kept.TryGetValue(text[1..], out var whole)) return whole?.DeepClone();
        return Regex.Replace(text, @"\$([a-z]+)", match => kept.TryGetValue(match.Groups[1].Value, out var part)
            ? part!.GetValue<string>() : match.Value);
    }

    private void Match(JsonNode? expected, JsonNode? found, string at)
    {
        if (expected is JsonObject rules && rules.Count == 1 && IsRule(rules.Single(), found) is { } holds)
            Assert.True(holds, Said(expected, found, at));
        else if (expected is JsonObject fields)
            foreach (var (name, value) in fields) Match(value, (found as JsonObject)?[name], $"{at}.{name}");
        else if (expected is JsonArray items)
        {
            Assert.True(found is JsonArray list && list.Count == items.Count, Said(expected, found, at));
            foreach (var (index, item) in items.Index()) Match(item, found[index], $"{at}[{index}]");
        }
        else if (expected is JsonValue value && value.TryGetValue<string>(out var text) && text == "$some")
            Assert.True(found is not null, Said(expected, found, at));
        else
            Assert.True(JsonNode.DeepEquals(Filled(expected), found), Said(Filled(expected), found, at));
    }

    private string Said(JsonNode? expected, JsonNode? found, string at) =>
        $"{place}: {at} is {found?.ToJsonString() ?? "null"} and should be {expected?.ToJsonString() ?? "null"}.";

    /// <summary>Null where it is no rule, but a field.</summary>
    private bool? IsRule(KeyValuePair<string, JsonNode?> rule, JsonNode? found) => rule.Key switch
    {
        "matches" => Regex.IsMatch((string?)found ?? "", (string)rule.Value!),
        "differs" => found is not null && !JsonNode.DeepEquals(Filled(rule.Value), found),
        "above" => BigInteger.TryParse(found?.ToString(), CultureInfo.InvariantCulture, out var number)
            && number > (int)rule.Value!,
        _ => null,
    };
}
