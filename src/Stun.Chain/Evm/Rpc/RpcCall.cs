using System.Text.Json;

namespace Stun.Chain.Evm.Rpc;

internal delegate T RpcParse<out T>(ref Utf8JsonReader reader);

/// <summary>One call on its way: what is asked, who waits, how its answer is read.</summary>
internal abstract class RpcCall(string method, byte[] fragment)
{
    public string Method { get; } = method;

    /// <summary>From "method" to the end of "params", without braces.</summary>
    public byte[] Fragment { get; } = fragment;

    /// <summary>
    /// Whether asking twice is asking once. A transaction that may have been sent is for its sender to judge.
    /// </summary>
    public bool IsIdempotent => Method is not "eth_sendRawTransaction";

    public bool IsAnswered { get; protected set; }

    /// <summary>Whether its caller has gone.</summary>
    public abstract bool IsOver { get; }

    /// <summary>Throws what <see cref="RpcAnswers"/> takes for a bad answer where the value cannot be read.</summary>
    public abstract void Answer(ReadOnlySpan<byte> result);

    public abstract void Fail(Exception failure);
}

internal sealed class RpcCall<T> : RpcCall
{
    // The one who answers goes on with the next answer; those who waited go on elsewhere.
    private readonly TaskCompletionSource<T> source = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RpcParse<T> parse;
    private CancellationTokenRegistration registration;

    public RpcCall(string method, byte[] fragment, RpcParse<T> parse, CancellationToken cancel)
        : base(method, fragment)
    {
        this.parse = parse;
        if (cancel.CanBeCanceled)
            registration = cancel.UnsafeRegister(
                static (state, token) => ((TaskCompletionSource<T>)state!).TrySetCanceled(token), source);
    }

    public Task<T> Task => source.Task;

    public override bool IsOver => source.Task.IsCompleted;

    /// <summary>The same question, for an answer that may be another now.</summary>
    public RpcCall<T> Again(CancellationToken cancel) => new(Method, Fragment, parse, cancel);

    public override void Answer(ReadOnlySpan<byte> result)
    {
        var reader = new Utf8JsonReader(result);
        if (!reader.Read()) throw new FormatException("an empty result");
        var value = parse(ref reader);
        IsAnswered = true;
        registration.Dispose();
        source.TrySetResult(value);
    }

    public override void Fail(Exception failure)
    {
        IsAnswered = true;
        registration.Dispose();
        source.TrySetException(failure);
    }
}
