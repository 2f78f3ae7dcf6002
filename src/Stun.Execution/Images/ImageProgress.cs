namespace Stun.Execution.Images;

public enum ImageStage
{
    Fetch,
    Inspect,
    Unpack,
}

/// <summary>How far a pull is. The total comes from the manifest; unpacking reports its end only.</summary>
public readonly record struct ImageProgress(ImageStage Stage, long DoneBytes, long TotalBytes);
