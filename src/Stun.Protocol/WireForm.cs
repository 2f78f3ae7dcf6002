using System.Buffers.Binary;
using Stun.Cbor;

namespace Stun.Protocol;

/// <summary>
/// The wire form of numbers, texts and the values of fixed size, from which the generated codecs are put together.
/// </summary>
public static class WireForm
{
    private const int SignatureSize = (2 * Protocol.Digest.Size) + 1;
    private const int TaskIdSize = 16;

    public static void Write(CborWriter writer, Address value)
    {
        Span<byte> bytes = stackalloc byte[Protocol.Address.Size];
        value.Write(bytes);
        writer.WriteBytes(bytes);
    }

    public static void Write(CborWriter writer, Digest value)
    {
        Span<byte> bytes = stackalloc byte[Protocol.Digest.Size];
        value.Write(bytes);
        writer.WriteBytes(bytes);
    }

    public static void Write(CborWriter writer, TaskId value)
    {
        Span<byte> bytes = stackalloc byte[TaskIdSize];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value.High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], value.Low);
        writer.WriteBytes(bytes);
    }

    public static void Write(CborWriter writer, Signature value)
    {
        if (value.RecoveryId > 1) throw new WireException($"Signature: {value.RecoveryId} is no recovery id (0 or 1).");
        Span<byte> bytes = stackalloc byte[SignatureSize];
        value.R.Write(bytes);
        value.S.Write(bytes[Protocol.Digest.Size..]);
        bytes[^1] = value.RecoveryId;
        writer.WriteBytes(bytes);
    }

    public static void WriteText(CborWriter writer, string value, int bytesMax, string field)
    {
        var start = writer.Length;
        writer.WriteText(value);
        // The head is counted too, which no limit is so tight as to feel; measuring first would encode twice.
        if (writer.Length - start > bytesMax && System.Text.Encoding.UTF8.GetByteCount(value) > bytesMax)
            throw TooMany(field, writer.Length - start, bytesMax);
    }

    public static void WriteBytes(CborWriter writer, ReadOnlySpan<byte> value, int countMax, string field)
    {
        RequireCount(value.Length, countMax, field);
        writer.WriteBytes(value);
    }

    public static void WriteListStart(CborWriter writer, int count, int countMax, string field)
    {
        RequireCount(count, countMax, field);
        writer.WriteArrayStart(count);
    }

    public static Address ReadAddress(ref CborReader reader) =>
        Protocol.Address.Read(ReadFixed(ref reader, Protocol.Address.Size, "an address"));

    public static Digest ReadDigest(ref CborReader reader) =>
        Protocol.Digest.Read(ReadFixed(ref reader, Protocol.Digest.Size, "a digest"));

    public static TaskId ReadTaskId(ref CborReader reader)
    {
        var bytes = ReadFixed(ref reader, TaskIdSize, "a task id");
        return new TaskId(
            BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
    }

    public static Signature ReadSignature(ref CborReader reader)
    {
        var start = reader.Position;
        var bytes = ReadFixed(ref reader, SignatureSize, "a signature");
        if (bytes[^1] > 1) throw new CborException($"{bytes[^1]} is no recovery id (0 or 1)", start);
        return new Signature(
            Protocol.Digest.Read(bytes[..Protocol.Digest.Size]),
            Protocol.Digest.Read(bytes[Protocol.Digest.Size..^1]),
            bytes[^1]);
    }

    public static ulong ReadUnsigned(ref CborReader reader, ulong most)
    {
        var start = reader.Position;
        var value = reader.ReadUInt64();
        if (value > most) throw new CborException($"{value} is more than {most}", start);
        return value;
    }

    public static long ReadSigned(ref CborReader reader, long least, long most)
    {
        var start = reader.Position;
        var value = reader.ReadInt64();
        if (value < least || value > most) throw new CborException($"{value} is not in {least} to {most}", start);
        return value;
    }

    public static string ReadText(ref CborReader reader, int bytesMax, string field)
    {
        var bytes = reader.ReadTextSpan();
        RequireCount(bytes.Length, bytesMax, field);
        return System.Text.Encoding.UTF8.GetString(bytes);
    }

    public static ReadOnlySpan<byte> ReadBytes(ref CborReader reader, int countMax, string field)
    {
        var bytes = reader.ReadBytesSpan();
        RequireCount(bytes.Length, countMax, field);
        return bytes;
    }

    public static int ReadListStart(ref CborReader reader, int countMax, string field)
    {
        var count = reader.ReadArrayStart();
        RequireCount(count, countMax, field);
        return count;
    }

    /// <summary>The number of a case, past the array that holds it and the case's map.</summary>
    public static ulong ReadCase(ref CborReader reader, string family)
    {
        if (reader.ReadArrayStart() != 2) throw new WireException($"{family}: a case is not [number, fields].");
        return reader.ReadUInt64();
    }

    /// <summary>Expects the next field to be this one.</summary>
    public static void ReadKey(ref CborReader reader, ref int left, ulong key, string field)
    {
        if (!TryReadKey(ref reader, ref left, key)) throw new WireException($"{field} (key {key}) is missing.");
    }

    /// <summary>True, and past its key, if the next field is this one.</summary>
    public static bool TryReadKey(ref CborReader reader, ref int left, ulong key)
    {
        if (left == 0) return false;
        var ahead = reader;
        if (ahead.Peek() != CborKind.Unsigned || ahead.ReadUInt64() != key) return false;
        reader = ahead;
        left--;
        return true;
    }

    /// <summary>Keys are in order, so what is left after the last field is a field unknown to this version.</summary>
    public static void RequireDone(in CborReader reader, int left, string type)
    {
        if (left != 0) throw new WireException($"{type}: an unknown field (at byte {reader.Position}).");
    }

    public static WireException NotDefined(string type, long value) => new($"{type}: {value} has no meaning.");

    private static ReadOnlySpan<byte> ReadFixed(ref CborReader reader, int size, string what)
    {
        var start = reader.Position;
        var bytes = reader.ReadBytesSpan();
        if (bytes.Length != size)
            throw new CborException($"Expected {what} of {size} bytes, not {bytes.Length}", start);
        return bytes;
    }

    private static void RequireCount(int count, int countMax, string field)
    {
        if (count > countMax) throw TooMany(field, count, countMax);
    }

    private static WireException TooMany(string field, int count, int countMax) =>
        new($"{field}: {count} are more than the {countMax} that fit.");
}
