using Stun.Node.Transport;

namespace Stun.Tests.Transport;

public sealed class EnvelopeTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(index => (byte)index)];

    internal static readonly RelayProof Proof = new(
        ulong.MaxValue, new Instant(-5), new Signature(new Digest(1, 2, 3, 4), new Digest(5, 6, 7, 8), 1));

    [Fact]
    public void Every_envelope_is_read_as_it_was_written()
    {
        foreach (var envelope in Samples())
        {
            var read = Envelope.Decode(envelope.Encode().Written);
            if (envelope is Envelope.Carry carry)
            {
                var other = Assert.IsType<Envelope.Carry>(read);
                Assert.Equal(carry.Post.Body.ToArray(), other.Post.Body.ToArray());
                read = other with { Post = other.Post with { Body = carry.Post.Body } };
            }
            Assert.Equal(envelope, read);
        }
    }

    [Fact]
    public void A_log_chunk_is_read_as_it_was_written()
    {
        var chunk = new LogChunk(new AttemptId(9), 2, long.MaxValue, new byte[TransportLimits.LogChunkBytesMax]);
        var read = LogChunk.Decode(chunk.Encode());
        Assert.Equal(chunk.Bytes.ToArray(), read.Bytes.ToArray());
        Assert.Equal(chunk, read with { Bytes = chunk.Bytes });
        Assert.Throws<ArgumentException>(() => (chunk with { Bytes = new byte[(32 << 10) + 1] }).Encode());
    }

    [Fact]
    public void A_long_notice_is_cut_and_still_read()
    {
        foreach (var text in new[] { new string('x', 9_999), new string('€', 9_999), Pairs(9_999), "x" + Pairs(999) })
        {
            var notice = Assert.IsType<Envelope.Notice>(
                Envelope.Decode(new Envelope.Notice(0, "a.b", text).Encode().Written));
            Assert.StartsWith(notice.Text, text);
            Assert.InRange(notice.Text.Length, 120, 128);
        }
    }

    [Fact]
    public void A_frame_with_any_bit_flipped_does_not_open()
    {
        var sealedFrame = Sealed(Samples()[0].Encode().ToArray(), 1)[0];
        for (var bit = 0; bit < 8 * sealedFrame.Length; bit++)
        {
            var changed = sealedFrame.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            using var opening = new FrameCipher(Key);
            var refusal = Assert.Throws<TransportException>(() => Open(opening, changed));
            Assert.Equal(bit < 8 ? LinkCodes.Version : LinkCodes.FrameRefused, refusal.Code);
        }
        using var intact = new FrameCipher(Key);
        Open(intact, sealedFrame);
    }

    [Fact]
    public void A_frame_that_is_replayed_left_out_or_out_of_order_does_not_open()
    {
        var frames = Sealed(new byte[40], 3);
        foreach (var order in new[] { new[] { 0, 0 }, [1], [0, 2], [0, 1, 1], [0, 1, 0] })
        {
            using var opening = new FrameCipher(Key);
            foreach (var index in order[..^1]) Open(opening, frames[index]);
            var refusal = Assert.Throws<TransportException>(() => Open(opening, frames[order[^1]]));
            Assert.Equal(LinkCodes.FrameRefused, refusal.Code);
        }
    }

    [Fact]
    public void A_frame_cut_at_any_byte_or_sealed_by_another_key_does_not_open()
    {
        var frame = Sealed(new byte[40], 1)[0];
        for (var length = 0; length < frame.Length; length++)
        {
            using var opening = new FrameCipher(Key);
            Assert.Throws<TransportException>(() => Open(opening, frame[..length]));
        }
        using var other = new FrameCipher(new byte[32]);
        Assert.Equal(LinkCodes.FrameRefused, Assert.Throws<TransportException>(() => Open(other, frame)).Code);
    }

    [Fact]
    public void A_message_of_the_largest_size_fits_a_frame_and_one_byte_more_is_refused()
    {
        var envelope = new Envelope.Carry(ulong.MaxValue, ulong.MaxValue, new Post(
            PostKind.Message, new Address(1, 2, 3), new Address(4, 5, 6), Proof,
            new byte[WireLimits.MessageBytesMax]));
        var bytes = envelope.Encode();
        Assert.InRange(bytes.Length + FrameCipher.Overhead, WireLimits.MessageBytesMax, TransportLimits.FrameBytesMax);
        Envelope.Decode(bytes.Written);
        var larger = envelope with { Post = envelope.Post with { Body = new byte[WireLimits.MessageBytesMax + 1] } };
        Assert.Throws<TransportException>(() => Envelope.Decode(larger.Encode().Written));
        var log = envelope with { Post = envelope.Post with { Kind = PostKind.Log } };
        Assert.Throws<TransportException>(() => Envelope.Decode(log.Encode().Written));
        using var opening = new FrameCipher(Key);
        Assert.Equal(LinkCodes.TooLarge, Assert.Throws<TransportException>(
            () => Open(opening, new byte[TransportLimits.FrameBytesMax + 1])).Code);
    }

    [Theory]
    [InlineData("80", "0 fields")]
    [InlineData("8502030000 00", "version 2")]
    [InlineData("8501090000 00", "kind 9")]
    [InlineData("8401030000", "kind 3 with 4 fields")]
    [InlineData("850103000000 00", "Bytes follow")]
    [InlineData("a0", "array")]
    public void What_is_no_envelope_is_refused_with_the_reason(string hex, string reason)
    {
        var refusal = Assert.Throws<TransportException>(
            () => Envelope.Decode(Convert.FromHexString(hex.Replace(" ", ""))));
        Assert.Equal(LinkCodes.Malformed, refusal.Code);
        Assert.Contains(reason, refusal.Message);
    }

    internal static IReadOnlyList<Envelope> Samples()
    {
        var message = ProtocolWire.Encode(new Message.Heartbeat(new OfferId(3), 4));
        var post = new Post(PostKind.Message, new Address(1, 2, 3), new Address(4, 5, 6), null, message);
        return
        [
            new Envelope.Carry(1, 2, post),
            new Envelope.Carry(ulong.MaxValue, 1, post with { Proof = Proof }),
            new Envelope.Carry(0, ulong.MaxValue, post with
            {
                Kind = PostKind.Log,
                Body = new LogChunk(new AttemptId(1), 1, 5, new byte[100]).Encode(),
            }),
            new Envelope.KeepAlive(7, 8, ulong.MaxValue),
            new Envelope.Notice(7, LinkCodes.Unreachable, "Nobody is here: €"),
        ];
    }

    private static string Pairs(int count) => string.Concat(Enumerable.Repeat("😀", count));

    private static byte[][] Sealed(byte[] plain, int count)
    {
        using var sealing = new FrameCipher(Key);
        var frames = new byte[count][];
        for (var index = 0; index < count; index++)
            sealing.Seal(plain, frames[index] = new byte[plain.Length + FrameCipher.Overhead]);
        return frames;
    }

    private static byte[] Open(FrameCipher cipher, byte[] frame)
    {
        var plain = new byte[Math.Max(0, frame.Length - FrameCipher.Overhead)];
        cipher.Open(frame, plain);
        return plain;
    }
}
