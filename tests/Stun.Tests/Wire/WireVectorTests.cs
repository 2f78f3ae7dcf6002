using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Stun.Tests.Wire;

/// <summary>
/// One example of each [Wire] type, and of each case of a family, for implementations in other languages.
/// </summary>
public sealed class WireVectorTests
{
    private const string Path = "api/vectors/wire.json";

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        TypeInfoResolver = JsonSerializerOptions.Default.TypeInfoResolver,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [Fact]
    public void Golden_bytes_have_not_changed()
    {
        var vectors = new JsonArray();
        foreach (var codec in WireCodec.In(typeof(ProtocolWire)))
            foreach (var example in codec.Type.IsAbstract ? WireValues.CasesOf(codec.Type) : [codec.Type])
                vectors.Add(Vector(codec, example));
        GoldenFile.Check(Path, vectors.ToJsonString(Indented) + "\n");
    }

    [Fact]
    public void Golden_bytes_can_still_be_read()
    {
        var vectors = JsonNode.Parse(File.ReadAllText(Repository.PathOf(Path)))!.AsArray();
        Assert.NotEmpty(vectors);
        var codecs = WireCodec.All.ToDictionary(codec => codec.Type.Name);
        foreach (var vector in vectors)
        {
            var codec = codecs[(string)vector!["type"]!];
            var data = Convert.FromHexString((string)vector["hex"]!);
            var value = codec.Decode(data);
            Assert.Equal(data, codec.Encode(value));
            Assert.Equal(vector["value"]!.ToJsonString(), Show(value)!.ToJsonString());
        }
    }

    private static JsonObject Vector(WireCodec codec, Type example)
    {
        var value = new ExampleWireValues().Make(example);
        return new JsonObject
        {
            ["type"] = codec.Type.Name,
            ["value"] = Show(value),
            ["hex"] = Convert.ToHexStringLower(codec.Encode(value)),
        };
    }

    /// <summary>Numbers of up to 32 bits as numbers, larger ones as decimal text, fixed bytes as hex.</summary>
    private static JsonNode? Show(object? value) => value switch
    {
        null => null,
        bool or byte or sbyte or short or ushort or int or uint or string => JsonValue.Create(value),
        long or ulong or UInt128 => JsonValue.Create(value.ToString()),
        Enum => JsonValue.Create(value.ToString()),
        Address or Digest or TaskId => JsonValue.Create(value.ToString()!.Replace("0x", "")),
        Signature signature => JsonValue.Create($"{signature.R}{signature.S}{signature.RecoveryId:x2}"),
        IEnumerable list => new JsonArray([.. list.Cast<object>().Select(Show)]),
        _ => ShowRecord(value),
    };

    private static JsonNode? ShowRecord(object value)
    {
        var type = value.GetType();
        var names = type.GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)!.GetParameters();
        if (type.IsValueType && names.Length == 1) return Show(type.GetProperty(names[0].Name!)!.GetValue(value));
        var shown = new JsonObject();
        if (type.DeclaringType is { } family && type.BaseType == family) shown["case"] = type.Name;
        foreach (var name in names)
        {
            var key = char.ToLowerInvariant(name.Name![0]) + name.Name[1..];
            shown[key] = Show(type.GetProperty(name.Name)!.GetValue(value));
        }
        return shown;
    }
}
