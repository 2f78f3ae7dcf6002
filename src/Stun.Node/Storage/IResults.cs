namespace Stun.Node.Storage;

/// <summary>Reads results by digest, to compare them.</summary>
public interface IResults
{
    Task<Answer> CompareAsync(Ask.Compare compare, CancellationToken cancel);
}
