using System.Security.Cryptography;
using System.Text;

namespace Stun.Node.Keys;

/// <summary>A password as bytes of UTF-8, overwritten when it is disposed. It has no text form on purpose.</summary>
public sealed class Password : IDisposable
{
    private const int BytesMax = 4096;

    private readonly byte[] bytes;

    private Password(byte[] bytes) => this.bytes = bytes;

    internal ReadOnlySpan<byte> Bytes => bytes;

    public static Password From(ReadOnlySpan<char> text)
    {
        if (text.Length == 0)
            throw new NodeException("key.password-empty", "The password is empty.", "Give one of at least one sign.");
        var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        return new Password(bytes);
    }

    /// <summary>The first line of a file that only its owner can read.</summary>
    public static Password FromFile(string path)
    {
        var content = KeyFiles.ReadPrivate(path, BytesMax, new NodeException(
            "key.password-file", $"There is no password file {path}.",
            "Look at its name, or write the password there."));
        try
        {
            var line = content.AsSpan();
            var end = line.IndexOf((byte)'\n');
            if (end >= 0) line = line[..end];
            if (line.EndsWith("\r"u8)) line = line[..^1];
            if (line.IsEmpty)
                throw new NodeException("key.password-empty", $"The first line of {path} is empty.",
                    "Write the password there.");
            return new Password(line.ToArray());
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>Others of the same user can read a process's environment: a file is the better place.</summary>
    public static Password FromEnvironment(string variable) =>
        From(Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? text
            : throw new NodeException("key.password-missing", $"The variable {variable} is not set.",
                "Set it, or name a file that holds the password."));

    public void Dispose() => CryptographicOperations.ZeroMemory(bytes);
}
