namespace Stun.Node.Doors.Tes;

/// <summary>Why a task of this door ends as SYSTEM_ERROR. The code is one of api/errors.yaml.</summary>
internal sealed class TesFailure(string code, string detail, Exception? inner = null) : Exception(detail, inner)
{
    public string Note => $"{code}: {Message}";
}
