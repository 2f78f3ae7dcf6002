using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Stun.Tee.Certificates;
using Stun.Tee.Reading;

namespace Stun.Tee.Arm;

/// <summary>
/// Keys of ARM platforms, each enrolled when its device was made. There is no public chain of a maker here: who keeps
/// the registry is who is trusted. The same holds for devices with OP-TEE.
/// </summary>
public sealed class ArmKeyRegistry
{
    public static ArmKeyRegistry Empty { get; } = new();

    private readonly List<Entry> entries = [];

    private sealed record Entry(byte[] InstanceId, byte[]? ImplementationId, PublicKey Key);

    public int Count => entries.Count;

    /// <summary>
    /// A list of objects with a key (JWK), an instance id and, where it is known, an implementation id.
    /// </summary>
    public static ArmKeyRegistry FromJson(ReadOnlyMemory<byte> json)
    {
        if (json.Length > TeeLimits.CollateralBytesMax)
            throw new EvidenceException("format.size", $"A registry of {json.Length} bytes is too large.");
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var registry = new ArmKeyRegistry();
            foreach (var item in document.RootElement.EnumerateArray()) registry.entries.Add(Read(item));
            return registry;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new EvidenceException("format.json", $"The registry is not what it must be: {failure.Message}");
        }
    }

    internal PublicKey? Find(ReadOnlySpan<byte> instance, ReadOnlySpan<byte> implementation)
    {
        foreach (var entry in entries)
            if (instance.SequenceEqual(entry.InstanceId)
                && (entry.ImplementationId is null || implementation.SequenceEqual(entry.ImplementationId)))
                return entry.Key;
        return null;
    }

    private static Entry Read(JsonElement item)
    {
        var key = item.GetProperty("pkey");
        var curve = key.GetProperty("crv").GetString() switch
        {
            "P-256" => (Curve: ECCurve.NamedCurves.nistP256, Size: 32),
            "P-384" => (Curve: ECCurve.NamedCurves.nistP384, Size: 48),
            "P-521" => (Curve: ECCurve.NamedCurves.nistP521, Size: 66),
            var other => throw new EvidenceException("format.key", $"The curve '{other}' is not taken."),
        };
        byte[] point = [.. Coordinate(key, "x", curve.Size), .. Coordinate(key, "y", curve.Size)];
        return new Entry(
            Bits.FromHex(item.GetProperty("instance-id").GetString(), 33, "'instance-id'"),
            item.TryGetProperty("implementation-id", out var implementation)
                ? Bits.FromHex(implementation.GetString(), 32, "'implementation-id'") : null,
            PublicKey.FromPoint(curve.Curve, point));
    }

    private static byte[] Coordinate(JsonElement key, string name, int size)
    {
        var text = Encoding.ASCII.GetBytes(key.GetProperty(name).GetString() ?? "");
        var bytes = new byte[size + 3];
        return Base64Url.DecodeFromUtf8(text, bytes, out _, out var written) == System.Buffers.OperationStatus.Done
            && written == size ? bytes[..size]
            : throw new EvidenceException("format.key", $"'{name}' of a key is not {size} bytes.");
    }
}
