using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stun.Node;

/// <summary>How small documents of strangers and owners are read: what is not known, or stands there twice, is no slip
/// that is passed over.</summary>
internal static class StrictJson
{
    /// <summary>What is left out is null.</summary>
    public static readonly JsonSerializerOptions Open = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
    };

    /// <summary>Nothing may be left out.</summary>
    public static readonly JsonSerializerOptions Whole = new(Open) { RespectRequiredConstructorParameters = true };
}
