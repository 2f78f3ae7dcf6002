namespace Stun.Node.Serving;

/// <summary>
/// Somebody who answers for models over HTTP, as the OpenAI API has it: replicas of this network, or a provider
/// outside of it. A door asks; how many replicas there are, and which of them answers, is the host's business.
/// </summary>
public interface IModelHost
{
    /// <summary>What this account may use.</summary>
    IReadOnlyList<ServedModel> ModelsFor(Address account);

    /// <summary>Null where the model is not this host's, or not for this account.</summary>
    IModelRoute? Find(string model, Address account);
}

/// <param name="Id">The name under which it is asked for.</param>
/// <param name="OwnedBy">Who offers it, as people call them.</param>
/// <param name="Owner">Who is paid for its use; zero for the owner of this node.</param>
public sealed record ServedModel(string Id, string OwnedBy, Address Owner, Instant Created, TokenPrices Prices);

/// <summary>What its use costs. Of a million, because a single one costs less than the smallest unit.</summary>
public sealed record TokenPrices(Amount PerRequest, Amount PerMillionIn, Amount PerMillionOut)
{
    public static TokenPrices Free { get; } = new(Amount.Zero, Amount.Zero, Amount.Zero);
}

public interface IModelRoute
{
    ServedModel Model { get; }

    /// <summary>Whether it answers at this path; a door translates what it knows how to.</summary>
    bool Speaks(string path) => path is "/v1/chat/completions" or "/v1/completions" or "/v1/embeddings";

    /// <summary>Whether a stream ends with its usage when <c>stream_options</c> ask for it.</summary>
    bool TellsUsage => true;

    /// <summary>How many more questions would be answered at once, without waiting for others to end.</summary>
    int Room => int.MaxValue;

    /// <summary>
    /// Asks until somebody begins to answer: whoever fails before its first byte is replaced by another. An answer
    /// that has begun is nobody else's: what breaks then breaks the reading of its body.
    /// </summary>
    Task<ModelAnswer> AskAsync(ModelQuestion question, CancellationToken cancel);
}

/// <param name="Path">As <c>/v1/chat/completions</c>.</param>
/// <param name="Body">JSON, as the caller sent it.</param>
public sealed record ModelQuestion(string Path, ReadOnlyMemory<byte> Body)
{
    /// <summary>Where the name of the model stands in the body, with its quotes: whoever calls it otherwise need not
    /// look for it. Empty where nobody has looked.</summary>
    public Range ModelAt { get; init; }
}

/// <summary>What came back. Whoever gets it disposes of it, read or not.</summary>
public sealed record ModelAnswer(int Status, string ContentType, Stream Body, ServedBy By, IDisposable Held)
    : IDisposable
{
    /// <summary>When to come again, as whoever refused says it.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Of the body, where it is known before it is read.</summary>
    public long? Length { get; init; }

    public void Dispose()
    {
        Body.Dispose();
        Held.Dispose();
    }
}

/// <summary>Who answered.</summary>
/// <param name="Name">Of the outside provider, or the address of ours.</param>
/// <param name="Task">The task whose receipt and verdict cover the answer; null outside of the network.</param>
public sealed record ServedBy(string Name, TaskId? Task, string Verification);
