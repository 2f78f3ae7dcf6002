using System.Text;
using System.Text.Json;
using Stun.Protocol;

namespace Stun.Bindings;

/// <summary>An artifact holds what no binding can be made for. The message says which, where, and what to do.</summary>
public sealed class BindingException(string message) : Exception(message);

/// <summary>A function or an error: what goes in and, of functions, what comes out.</summary>
public sealed record Callable(string Name, IReadOnlyList<Field> Inputs, IReadOnlyList<Field> Outputs)
{
    public string Canonical => $"{Name}({string.Join(',', Inputs.Select(each => each.Type.Canonical))})";

    public Digest Hash => Keccak256.Hash(Encoding.UTF8.GetBytes(Canonical));
}

/// <param name="Indexed">For each field whether it is a topic.</param>
public sealed record Logged(Callable Shape, IReadOnlyList<bool> Indexed);

/// <summary>What an artifact says, read and checked.</summary>
/// <param name="Constructor">Null where the contract cannot be made: it is abstract.</param>
public sealed record ContractModel(
    string Name, Callable? Constructor, IReadOnlyList<Callable> Functions, IReadOnlyList<Logged> Events,
    IReadOnlyList<Callable> Errors, IReadOnlyList<SolidityType.Struct> Structs)
{
    public static ContractModel Read(string json, string source)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return new Reading(source).Read(document.RootElement);
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new BindingException($"{source} is no artifact: {broken.Message} An artifact is an object with "
                + "name, abi and bytecode, as the build of the contracts writes it.");
        }
    }

    private sealed class Reading(string source)
    {
        private readonly SortedDictionary<string, SolidityType.Struct> structs = new(StringComparer.Ordinal);

        public ContractModel Read(JsonElement root)
        {
            var name = root.GetProperty("name").GetString()!;
            var hasCode = HasCode(root.GetProperty("bytecode").GetString()!);
            var constructor = hasCode ? new Callable("", [], []) : null;
            List<Callable> functions = [];
            List<Logged> events = [];
            List<Callable> errors = [];
            foreach (var item in root.GetProperty("abi").EnumerateArray())
            {
                switch (item.GetProperty("type").GetString())
                {
                    case "constructor" when hasCode:
                        constructor = new Callable("", Fields(item, "inputs", "the constructor"), []);
                        break;
                    case "function":
                        functions.Add(Shape(item));
                        break;
                    case "event":
                        events.Add(Event(item));
                        break;
                    case "error":
                        errors.Add(Shape(item));
                        break;
                    case "constructor" or "receive" or "fallback":
                        break;
                    case var other:
                        throw Refusal($"an item of the unknown type {other}", "Teach eng/Stun.Bindings what it is.");
                }
            }
            RequireOneEach(events.Select(each => each.Shape), "event");
            RequireOneEach(errors, "error");
            return new ContractModel(name, constructor, functions, events, errors, [.. structs.Values]);
        }

        private bool HasCode(string code)
        {
            var digits = code.StartsWith("0x", StringComparison.Ordinal) ? code[2..] : code;
            if (digits.Contains('_'))
                throw Refusal("code with the place of a library in it",
                    "Make the library's functions internal, or link it before the artifact is written.");
            if (digits.Length % 2 != 0 || !digits.All(char.IsAsciiHexDigit))
                throw Refusal("code that is not hexadecimal", "Build the contracts again.");
            return digits.Length > 0;
        }

        private Callable Shape(JsonElement item)
        {
            var name = item.GetProperty("name").GetString()!;
            var outputs = item.TryGetProperty("outputs", out _) ? Fields(item, "outputs", name) : [];
            return new Callable(name, Fields(item, "inputs", name), outputs);
        }

        private Logged Event(JsonElement item)
        {
            var shape = Shape(item);
            if (item.TryGetProperty("anonymous", out var anonymous) && anonymous.GetBoolean())
                throw Refusal($"the anonymous event {shape.Name}", "Give it a name: nobody can look for it otherwise.");
            var inputs = item.GetProperty("inputs").EnumerateArray();
            return new Logged(shape, [.. inputs.Select(each => each.GetProperty("indexed").GetBoolean())]);
        }

        private void RequireOneEach(IEnumerable<Callable> all, string what)
        {
            foreach (var group in all.GroupBy(each => each.Name).Where(group => group.Count() > 1))
                throw Refusal($"more than one {what} of the name {group.Key}", "Give each a name of its own.");
        }

        private List<Field> Fields(JsonElement item, string list, string where) =>
            [.. item.GetProperty(list).EnumerateArray().Select(each => Field(each, where))];

        private Field Field(JsonElement item, string where)
        {
            var name = item.TryGetProperty("name", out var given) ? given.GetString()! : "";
            return new Field(name, TypeOf(item, item.GetProperty("type").GetString()!, where));
        }

        private SolidityType TypeOf(JsonElement item, string text, string where)
        {
            if (text.EndsWith(']'))
            {
                var open = text.LastIndexOf('[');
                var digits = text[(open + 1)..^1];
                return new SolidityType.Array(TypeOf(item, text[..open], where),
                    digits.Length == 0 ? null : int.Parse(digits));
            }
            if (text == "tuple") return StructOf(item, where);
            return SolidityType.Elementary(text) ?? throw Refusal($"the type {text} in {where}",
                "Use another type there, or teach eng/Stun.Bindings what it is in C#.");
        }

        private SolidityType.Struct StructOf(JsonElement item, string where)
        {
            var full = item.TryGetProperty("internalType", out var text) ? text.GetString()! : "";
            if (!full.StartsWith("struct ", StringComparison.Ordinal))
                throw Refusal($"a tuple without a name in {where}",
                    "Write the artifact with the internal types, of which it gets its name.");
            var bracket = full.IndexOf('[');
            var path = (bracket < 0 ? full : full[..bracket])["struct ".Length..];
            var name = path[(path.LastIndexOf('.') + 1)..];
            var made = new SolidityType.Struct(name, Fields(item, "components", path));
            if (structs.TryGetValue(name, out var known) && Text(known) != Text(made))
                throw Refusal($"two different structs of the name {name}", "Give each a name of its own.");
            return structs[name] = made;
        }

        private static string Text(SolidityType.Struct type) =>
            string.Join(',', type.Fields.Select(field => $"{field.Type.Canonical} {field.Name}"));

        private BindingException Refusal(string what, string cure) =>
            new($"{source} holds {what}, for which no binding can be made. {cure}");
    }
}
