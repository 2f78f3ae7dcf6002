using System.Buffers.Binary;
using Stun.Chain.Evm;

namespace Stun.Node.Transport;

/// <summary>
/// Signs what a hub is to carry to another peer, so that the peer need not trust the hub. Signed when it is written to
/// a link: what has waited is not old then.
/// </summary>
internal sealed class RelaySigner(EvmKey key, Digest network, TimeProvider time)
{
    private ulong sequence = (ulong)WallTime.Now(time).Micros;

    /// <summary>
    /// The sequence begins at the microseconds of the clock: a process that restarts is ahead of what it said before,
    /// unless it said more than a million things a second.
    /// </summary>
    public Post Sign(Post post)
    {
        var now = WallTime.Now(time);
        // What is sent again keeps its number, so that the receiver knows it; old ones get a new time.
        if (post.Proof is { } proof && now - proof.SentAt < TransportLimits.RelayAgeMax / 2) return post;
        var number = post.Proof?.Sequence ?? ++sequence;
        return post with
        {
            Proof = new RelayProof(number, now, key.Sign(Digest(network, post, number, now))),
        };
    }

    /// <summary>The prefix begins with a letter: neither typed data (0x19) nor a transaction can.</summary>
    public static Digest Digest(Digest network, Post post, ulong sequence, Instant sentAt)
    {
        ReadOnlySpan<byte> prefix = "stun relay 1\n"u8;
        Span<byte> data = stackalloc byte[13 + 1 + (2 * Protocol.Digest.Size) + (2 * Address.Size) + 16];
        prefix.CopyTo(data);
        var rest = data[prefix.Length..];
        network.Write(rest[..Protocol.Digest.Size]);
        rest[32] = (byte)post.Kind;
        post.To.Write(rest[33..]);
        post.From.Write(rest[53..]);
        BinaryPrimitives.WriteUInt64BigEndian(rest[73..], sequence);
        BinaryPrimitives.WriteInt64BigEndian(rest[81..], sentAt.Micros);
        Keccak256.Hash(post.Body.Span).Write(rest[89..]);
        return Keccak256.Hash(data);
    }
}
