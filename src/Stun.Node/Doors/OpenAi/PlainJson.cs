using System.Text.Encodings.Web;
using System.Text.Json;

namespace Stun.Node.Doors.OpenAi;

/// <summary>As it came, as far as a document can be read and written again.</summary>
internal static class PlainJson
{
    public static readonly JsonSerializerOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
