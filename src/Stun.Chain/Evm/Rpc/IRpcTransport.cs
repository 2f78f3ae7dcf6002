using System.Buffers;

namespace Stun.Chain.Evm.Rpc;

/// <summary>Carries requests to one endpoint and brings the answers back; knows nothing of their meaning.</summary>
internal interface IRpcTransport : IAsyncDisposable
{
    /// <summary>For messages: never the whole address, which often holds a key.</summary>
    string Name { get; }

    /// <summary>Throws <see cref="TransportFault"/> where no answer comes.</summary>
    Task<RpcBody> ExchangeAsync(RpcRequest request, CancellationToken cancel);
}

/// <param name="FirstId">The calls in it are numbered from here on.</param>
internal readonly record struct RpcRequest(ReadOnlyMemory<byte> Text, long FirstId, int Count);

/// <summary>The bytes of an answer, lent from a pool until it is disposed.</summary>
internal sealed class RpcBody(byte[] rented) : IDisposable
{
    private byte[]? bytes = rented;

    public int Length { get; set; }

    public ReadOnlySpan<byte> Span => bytes.AsSpan(0, Length);

    /// <summary>Free space behind what is there, more than doubled when it is used up; null beyond the limit.</summary>
    public Memory<byte>? Room(int lengthMax)
    {
        if (Length < bytes!.Length) return bytes.AsMemory(Length);
        if (bytes.Length >= lengthMax) return null;
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min((long)bytes.Length * 2, lengthMax));
        Span.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = larger;
        return bytes.AsMemory(Length);
    }

    public void Dispose()
    {
        if (bytes is not null) ArrayPool<byte>.Shared.Return(bytes);
        bytes = null;
    }
}
