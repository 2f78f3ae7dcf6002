using System.Text.Json;
using System.Text.Json.Nodes;
using Stun.Zk.Fields;

namespace Stun.Zk.Files;

/// <summary>The public values of a proof: an array of decimal texts, <c>public.json</c>.</summary>
public static class PublicValues
{
    public static Fr[] Read(string path)
    {
        using var document = JsonReading.Open(path);
        return Read(document.RootElement, path);
    }

    public static JsonArray Write(ReadOnlySpan<Fr> values) => JsonWriting.Of(values);

    /// <summary>The values of the public wires of a witness.</summary>
    public static Fr[] Of(Witness witness, int count)
    {
        ArgumentNullException.ThrowIfNull(witness);
        var values = new Fr[count];
        for (var i = 0; i < count; i++) values[i] = witness[i + 1];
        return values;
    }

    internal static Fr[] Read(JsonElement element, string place)
    {
        var elements = element.Elements(place);
        var values = new Fr[elements.Length];
        for (var i = 0; i < values.Length; i++) values[i] = elements[i].Scalar($"{place}: public value {i}");
        return values;
    }
}
