using System.Security.Cryptography;
using Stun.Node.Storage;

namespace Stun.Node.Keys;

/// <summary>Files that nobody else may read: how they are made and looked at.</summary>
internal static class KeyFiles
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode OwnerDirectory = OwnerFile | UnixFileMode.UserExecute;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>The whole file. It is opened first and looked at through the handle, so that it cannot change between.
    /// </summary>
    public static byte[] ReadPrivate(string path, int bytesMax, NodeException missing)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw missing;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new NodeException("key.unreadable", $"{path} cannot be read.",
                "It must be a file that belongs to the user of this program.", failure);
        }
        using (file)
        {
            var mode = File.GetUnixFileMode(file.SafeFileHandle);
            if ((mode & Others) != 0)
                throw new NodeException("key.file-mode",
                    $"{path} is open to other users of this machine (mode {Convert.ToString((int)mode, 8)}).",
                    $"Close it: chmod 600 {path}. If others may have read it, replace what it holds.");
            if (file.Length > bytesMax)
                throw new NodeException("key.damaged", $"{path} is larger than {bytesMax} bytes.",
                    "It is another file than its name says; take a copy of the right one.");
            var bytes = new byte[file.Length];
            var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (read == bytes.Length) return bytes;
            CryptographicOperations.ZeroMemory(bytes);
            throw new NodeException("key.damaged", $"{path} became shorter while it was read.", "Try again.");
        }
    }

    public static void MakeDirectory(string path)
    {
        try
        {
            Directory.CreateDirectory(path, OwnerDirectory);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new NodeException("key.directory", $"The directory of keys {path} cannot be made.",
                "Choose one below a directory that this user may write to.", failure);
        }
        var mode = File.GetUnixFileMode(path);
        if ((mode & Others) != 0)
            throw new NodeException("key.file-mode",
                $"The directory of keys {path} is open to other users (mode {Convert.ToString((int)mode, 8)}).",
                $"Close it: chmod 700 {path}.");
    }

    /// <summary>
    /// Whole or not at all, and never over another: it is written under a name of its own, brought to the disk, and
    /// then given its name by a link, which fails where the name is taken.
    /// </summary>
    /// <returns>False where there is such a file already.</returns>
    public static bool TryCreate(string path, ReadOnlySpan<byte> content)
    {
        var draft = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}.draft";
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            UnixCreateMode = OwnerFile,
        };
        try
        {
            using (var file = new FileStream(draft, options))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }
            var error = DiskCalls.Link(draft, path);
            if (error == DiskCalls.NameTaken) return false;
            if (error == 0) error = DiskCalls.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return error == 0 ? true : throw new IOException(DiskCalls.Explain(error));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new NodeException("key.write", $"{path} cannot be written.",
                "Is there space, and may this user write to the directory?", failure);
        }
        finally
        {
            File.Delete(draft);
        }
    }
}
