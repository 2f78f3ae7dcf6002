using Stun.Cbor;

namespace Stun.Tee.Release;

/// <summary>
/// What a requester keeps after its inputs have gone: with it outputs open, and only those that were sealed where all
/// these inputs had opened. An output of another task, of other inputs or by a stranger does not. It can be written to
/// a file, for outputs come later.
/// </summary>
public sealed class OutputOpener : IDisposable
{
    private const int Version = 1;

    /// <summary>The task's id, the key and the secrets of the inputs.</summary>
    private const int StateBytesMax = 64 * 1024;

    private readonly ReplyKey reply;
    private readonly ReadOnlyMemory<byte> task;
    private readonly InputSecret[] inputs;

    internal OutputOpener(
        ReplyKey reply, ReadOnlyMemory<byte> task, Protection protection, IReadOnlyCollection<InputSecret> inputs)
    {
        if (inputs.Count is 0 or > InputSecret.CountMax)
            throw new KeyReleaseException("release.no-input",
                $"Outputs are bound to 1 to {InputSecret.CountMax} inputs, and not to {inputs.Count}.");
        (this.reply, this.task, Protection) = (reply, task, protection);
        this.inputs = [.. inputs];
    }

    /// <summary>What the inputs were sealed as.</summary>
    public Protection Protection { get; }

    /// <exception cref="KeyReleaseException">It was changed or cut off, or is of another task, of other inputs, of
    /// another name, or by somebody who has not opened the inputs. What was written until then must be thrown away.
    /// </exception>
    public async Task OpenAsync(string name, Stream source, Stream plain, CancellationToken cancel)
    {
        var head = new byte[OutputSealer.HeadSize];
        var magic = OutputSealer.Magic.Length;
        if (await source.ReadAtLeastAsync(head, head.Length, false, cancel).ConfigureAwait(false) != head.Length
            || !head.AsSpan(0, magic).SequenceEqual(OutputSealer.Magic))
            throw new KeyReleaseException("release.format", "This is no sealed output.");
        using var keys = reply.Receive(
            head.AsSpan(magic), SealContext.OutputInfo(Protection, task, name), InputSecret.Join(inputs));
        using var pieces = new SealedStream(keys);
        await pieces.OpenAsync(source, plain, cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// All of it in canonical CBOR, with the key in it: who reads these bytes reads the outputs and can make some.
    /// </summary>
    public byte[] Save()
    {
        var writer = new CborWriter();
        writer.WriteArrayStart(5);
        writer.WriteUInt64(Version);
        writer.WriteBytes(task.Span);
        writer.WriteUInt64((ulong)Protection);
        writer.WriteBytes(reply.Secret());
        writer.WriteArrayStart(2 * inputs.Length);
        foreach (var each in inputs)
        {
            writer.WriteBytes(each.Id.Span);
            writer.WriteBytes(each.Key.Span);
        }
        return writer.ToArray();
    }

    /// <summary>Writes it to a new file that only its owner reads.</summary>
    public void SaveTo(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        file.Write(Save());
        file.Flush(flushToDisk: true);
    }

    public static OutputOpener Load(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > StateBytesMax) throw Odd($"has {bytes.Length} bytes");
        try
        {
            var reader = new CborReader(bytes.Span);
            if (reader.ReadArrayStart() != 5 || reader.ReadUInt64() != Version) throw Odd("is of another version");
            var task = reader.ReadBytes();
            var protection = reader.ReadUInt64();
            if (protection > (ulong)Protection.Pretended) throw Odd("names a protection that is not known");
            var secret = Sized(reader.ReadBytes(), ReplyKey.SecretSize);
            var count = reader.ReadArrayStart();
            if (count is 0 or > 2 * InputSecret.CountMax || count % 2 != 0) throw Odd("has another number of inputs");
            List<InputSecret> inputs = [];
            for (var left = count / 2; left > 0; left--)
                inputs.Add(new InputSecret(
                    Sized(reader.ReadBytes(), InputSecret.Size), Sized(reader.ReadBytes(), InputSecret.Size)));
            return new OutputOpener(ReplyKey.FromSecret(secret), task, (Protection)protection, inputs);
        }
        catch (CborException failure)
        {
            throw Odd($"is not what it must be: {failure.Message}");
        }
    }

    private static byte[] Sized(byte[] bytes, int size) =>
        bytes.Length == size ? bytes : throw Odd("has a part of another size");

    private static KeyReleaseException Odd(string what) => new("release.state", $"What was kept of a task {what}.");

    public void Dispose() => reply.Dispose();
}
