using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Stun.Execution.Images;

internal enum TarKind
{
    File,
    HardLink,
    Symlink,
    Device,
    Directory,
    Pipe,
}

/// <summary>One entry of a tar. Names are bytes, kept as Latin-1 so that no two become equal.</summary>
internal sealed record TarEntry(string Name, TarKind Kind, string Target, long Bytes, int Mode);

/// <summary>
/// Reads the headers of a foreign tar, strictly and in constant memory. The framework's reader allocates what a header
/// claims, and it forgives much; a header that two programs could understand differently is refused here, because
/// another program unpacks it afterwards.
/// Format: POSIX.1-2008 pax, ustar, and GNU's long names.
/// </summary>
internal sealed class TarEntries(Stream source, ImageLimits limits)
{
    private const int Block = 512;
    private const int NameSize = 100, PrefixSize = 155;

    private static readonly SearchValues<byte> Decimal = SearchValues.Create("0123456789"u8);
    private static readonly SearchValues<byte> Octal = SearchValues.Create("01234567"u8);

    private readonly byte[] header = new byte[Block];
    private readonly byte[] skipped = new byte[1 << 16];
    private long left;
    private long padding;

    /// <summary>The next entry; null at the end, which is two blocks of zeros with nothing but zeros after.</summary>
    public TarEntry? Next()
    {
        Skip(left + padding);
        (left, padding) = (0, 0);
        string? longName = null, longTarget = null;
        SortedDictionary<string, string>? records = null;
        while (ReadHeader())
        {
            var bytes = Number(124, 12);
            switch ((char)header[156])
            {
                case 'L' when longName is null:
                    longName = UntilZero(ReadExtension(bytes));
                    break;
                case 'K' when longTarget is null:
                    longTarget = UntilZero(ReadExtension(bytes));
                    break;
                case 'x' when records is null:
                    records = ReadRecords(ReadExtension(bytes));
                    break;
                default:
                    if (records is not null && (longName ?? longTarget) is not null)
                        throw Broken("names one entry in two ways");
                    return Entry(records, longName, longTarget, bytes);
            }
        }
        if ((longName ?? longTarget) is not null || records is not null) throw Broken("ends within an entry");
        return null;
    }

    /// <summary>The content of the entry that <see cref="Next"/> gave.</summary>
    public int ReadContent(Span<byte> buffer)
    {
        var count = (int)Math.Min(buffer.Length, left);
        if (count == 0) return 0;
        var read = source.Read(buffer[..count]);
        if (read == 0) throw Broken("ends within a file");
        left -= read;
        return read;
    }

    private static ExecutionException Broken(string what) =>
        ImageRefusal.Broken("image.layer-broken", $"A tar of the image {what}.");

    private TarEntry Entry(
        SortedDictionary<string, string>? records, string? longName, string? longTarget, long bytes)
    {
        if (records?.TryGetValue("size", out var sizeText) == true
            && (!long.TryParse(sizeText, out bytes) || bytes < 0))
            throw Broken("has a size that is no number");
        var kind = (char)header[156] switch
        {
            '0' or '\0' => TarKind.File,
            '1' => TarKind.HardLink,
            '2' => TarKind.Symlink,
            '3' or '4' => TarKind.Device,
            '5' => TarKind.Directory,
            '6' => TarKind.Pipe,
            'S' => throw ImageRefusal.Broken("image.sparse", "A tar of the image has a sparse file."),
            var other => throw Broken($"has an entry of the unknown type 0x{(int)other:x2}"),
        };
        var name = records?.GetValueOrDefault("path") ?? longName ?? ShortName();
        var target = records?.GetValueOrDefault("linkpath") ?? longTarget ?? Field(157, NameSize);
        if (kind == TarKind.File && name.EndsWith('/')) throw Broken("has a file that is named like a directory");
        if (kind != TarKind.File && bytes != 0) throw Broken("has content where none belongs");
        (left, padding) = (bytes, Padding(bytes));
        return new TarEntry(name, kind, target, bytes, (int)(Number(100, 8) & 0xFFF));
    }

    private static long Padding(long bytes) => (Block - (bytes % Block)) % Block;

    private bool ReadHeader()
    {
        ReadBlock();
        if (!header.AsSpan().ContainsAnyExcept((byte)0))
        {
            ReadBlock();
            if (header.AsSpan().ContainsAnyExcept((byte)0)) throw Broken("goes on after a block of zeros");
            ExpectZeros();
            return false;
        }
        var sum = 8 * ' ';
        for (var index = 0; index < Block; index++)
            if (index is < 148 or >= 156) sum += header[index];
        return Number(148, 8) == sum ? true : throw Broken("has a header with a wrong checksum");
    }

    private void ReadBlock()
    {
        if (source.ReadAtLeast(header, Block, throwOnEndOfStream: false) < Block)
            throw Broken("ends without its two blocks of zeros");
    }

    private void ExpectZeros()
    {
        int count;
        while ((count = source.Read(skipped)) > 0)
            if (skipped.AsSpan(0, count).ContainsAnyExcept((byte)0)) throw Broken("goes on after its end");
    }

    private void Skip(long bytes)
    {
        while (bytes > 0)
        {
            var count = source.Read(skipped.AsSpan(0, (int)Math.Min(bytes, skipped.Length)));
            if (count == 0) throw Broken("ends within a file");
            bytes -= count;
        }
    }

    /// <summary>Long names and attributes. The limit comes first, and only what really arrives is kept.</summary>
    private byte[] ReadExtension(long bytes)
    {
        if (bytes > limits.HeaderBytesMax)
            throw ImageRefusal.TooLarge($"A header in the image has {bytes} bytes of {limits.HeaderBytesMax}.");
        using var kept = new MemoryStream();
        for (var missing = bytes; missing > 0;)
        {
            var count = source.Read(skipped.AsSpan(0, (int)Math.Min(missing, skipped.Length)));
            if (count == 0) throw Broken("ends within a header");
            kept.Write(skipped, 0, count);
            missing -= count;
        }
        Skip(Padding(bytes));
        return kept.ToArray();
    }

    /// <summary>The records of a pax header: "LENGTH KEY=VALUE\n", the length counting itself.</summary>
    private static SortedDictionary<string, string> ReadRecords(ReadOnlySpan<byte> content)
    {
        SortedDictionary<string, string> records = new(StringComparer.Ordinal);
        while (content.Length > 0)
        {
            var space = content.IndexOf((byte)' ');
            if (space is < 1 or > 8 || content[..space].ContainsAnyExcept(Decimal))
                throw Broken("has a broken pax header");
            var length = int.Parse(content[..space]);
            if (length < space + 4 || length > content.Length || content[length - 1] != '\n')
                throw Broken("has a broken pax header");
            var record = Encoding.Latin1.GetString(content[(space + 1)..(length - 1)]);
            var equal = record.IndexOf('=');
            if (equal < 1) throw Broken("has a broken pax header");
            var (key, value) = (record[..equal], record[(equal + 1)..]);
            if (key.StartsWith("GNU.sparse.", StringComparison.Ordinal))
                throw ImageRefusal.Broken("image.sparse", "A tar of the image has a sparse file.");
            var isRead = key is "path" or "linkpath" or "size";
            // Some programs take an empty value as "not set" and some as a name without letters.
            if (isRead && (value.Length == 0 || value.Contains('\0'))) throw Broken("has an empty name");
            if (isRead && !records.TryAdd(key, value)) throw Broken("names one entry in two ways");
            content = content[length..];
        }
        return records;
    }

    private string ShortName()
    {
        // GNU's old format keeps times where POSIX has the prefix; only "ustar\0" says that there is one.
        var isPosix = header.AsSpan(257, 6).SequenceEqual("ustar\0"u8);
        var prefix = isPosix ? Field(345, PrefixSize) : "";
        return prefix.Length > 0 ? $"{prefix}/{Field(0, NameSize)}" : Field(0, NameSize);
    }

    private string Field(int offset, int size) => UntilZero(header.AsSpan(offset, size));

    private static string UntilZero(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        return Encoding.Latin1.GetString(end < 0 ? field : field[..end]);
    }

    /// <summary>Octal digits between blanks, or GNU's base 256 for what is too large for them.</summary>
    private long Number(int offset, int size)
    {
        var field = header.AsSpan(offset, size);
        if ((field[0] & 0x80) != 0)
        {
            if (field[0] != 0x80 || field[1..^8].ContainsAnyExcept((byte)0)) throw Broken("has an endless number");
            if (field.Length <= 8) throw Broken("has an endless number");
            var value = BinaryPrimitives.ReadUInt64BigEndian(field[^8..]);
            return value <= long.MaxValue ? (long)value : throw Broken("has an endless number");
        }
        var digits = field.Trim(" \0"u8);
        if (digits.ContainsAnyExcept(Octal)) throw Broken("has a number that is none");
        long number = 0;
        foreach (var digit in digits) number = (number * 8) + (digit - '0');
        return number;
    }
}
