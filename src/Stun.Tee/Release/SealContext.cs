using System.Buffers.Binary;
using System.Text;

namespace Stun.Tee.Release;

/// <summary>
/// What a sealed input is for. It is bound into the keys: an input that is carried elsewhere, or said to be something
/// else, does not open.
/// </summary>
/// <param name="Task">The task's id.</param>
/// <param name="Name">Which of its inputs.</param>
/// <param name="ReplyKey">The requester's key, to which outputs are sealed. Nobody can exchange it.</param>
public sealed record SealContext(ReadOnlyMemory<byte> Task, string Name, ReadOnlyMemory<byte> ReplyKey)
{
    internal byte[] InputInfo(Protection protection) =>
        Info("stun sealed input 2"u8, protection, Task.Span, Name, ReplyKey.Span);

    /// <param name="name">Which of the outputs. To whom it is sealed is in the keys already.</param>
    internal static byte[] OutputInfo(Protection protection, ReadOnlyMemory<byte> task, string name) =>
        Info("stun sealed output 2"u8, protection, task.Span, name, []);

    private static byte[] Info(
        ReadOnlySpan<byte> domain, Protection protection, ReadOnlySpan<byte> task, string name,
        ReadOnlySpan<byte> replyKey)
    {
        using var info = new MemoryStream();
        info.Write(domain);
        info.WriteByte((byte)protection);
        Part(info, task);
        Part(info, Encoding.UTF8.GetBytes(name));
        Part(info, replyKey);
        return info.ToArray();
    }

    /// <summary>With its length before it, so that no two contexts have the same bytes.</summary>
    private static void Part(MemoryStream info, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        info.Write(length);
        info.Write(bytes);
    }
}
