namespace Stun.Tee.Amd;

/// <summary>Each has roots of its own.</summary>
public enum AmdProduct : byte
{
    Milan,
    Genoa,
    Turin,
}
