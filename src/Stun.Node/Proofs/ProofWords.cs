using System.Buffers.Binary;
using System.Security.Cryptography;
using Stun.Zk.Circuits.Tasks;
using Stun.Zk.Fields;

namespace Stun.Node.Proofs;

/// <summary>How tasks, results and their files are written in proofs.</summary>
internal static class ProofWords
{
    /// <summary>The file of a result that is nothing but words of its proof.</summary>
    public const string FileName = "words";

    public static TaskBinding Binding(TaskId task, Digest spec, Digest result, Address provider)
    {
        var named = new byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(named, task.High);
        BinaryPrimitives.WriteUInt64BigEndian(named.AsSpan(8), task.Low);
        var runner = new byte[Address.Size];
        provider.Write(runner);
        return new TaskBinding(named, Bytes(spec), Bytes(result), runner);
    }

    public static Fr Scalar(Address provider) => Binding(default, default, default, provider).ProviderScalar;

    public static byte[] Bytes(Digest digest)
    {
        var bytes = new byte[Digest.Size];
        digest.Write(bytes);
        return bytes;
    }

    /// <summary>The result that is nothing but these words.</summary>
    public static ResultManifest Manifest(ReadOnlySpan<byte> content) =>
        new([new ResultFile(FileName, Digest.Read(SHA256.HashData(content)), (ulong)content.Length)]);

    public static Digest ResultOf(ResultManifest manifest) =>
        Digest.Read(SHA256.HashData(ProtocolWire.Encode(manifest)));
}
