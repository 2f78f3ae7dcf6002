namespace Stun.Node.Storage;

/// <summary>Reads results by digest, to compare them.</summary>
public interface IResults
{
    /// <summary>Answers from any thread when the results are here and compared.</summary>
    void CompareAsync(Ask.Compare compare, Action<Answer> answer);
}
