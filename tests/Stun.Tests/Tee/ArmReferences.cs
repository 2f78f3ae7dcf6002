using System.Text.Json;
using Stun.Tee;

namespace Stun.Tests.Tee;

/// <summary>Reference values as another verifier keeps them, as one of our rules.</summary>
internal static class ArmReferences
{
    public static MeasurementRule Read(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var platform = document.RootElement.GetProperty("platform")[0];
        var realm = document.RootElement.GetProperty("realm")[0];
        Dictionary<string, string> wanted = new()
        {
            ["implementation_id"] = platform.GetProperty("implementation-id").GetString()!,
            ["platform_configuration"] = platform.GetProperty("platform-configuration").GetString()!,
            ["realm_initial"] = realm.GetProperty("initial-measurement").GetString()!,
            ["realm_personalization"] = realm.GetProperty("personalization-value").GetString()!,
        };
        foreach (var part in platform.GetProperty("sw-components").EnumerateArray())
        {
            var name = $"component.{part.GetProperty("component-type").GetString()}";
            wanted[name] = part.GetProperty("measurement-value").GetString()!;
            wanted[$"{name}.signer"] = part.GetProperty("signer-id").GetString()!;
        }
        foreach (var (at, value) in realm.GetProperty("extensible-measurements").EnumerateArray().Index())
            wanted[$"realm_extensible{at}"] = value.GetString()!;
        return new MeasurementRule(wanted);
    }
}
