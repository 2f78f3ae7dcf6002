using Stun.Execution.Linux;

namespace Stun.Execution.Containers;

/// <summary>
/// A pipe with a name, for a program that we do not start ourselves. We hold a writing end too, so that the reader does
/// not see an end before the program has begun; letting go of it lets the reader see the end.
/// </summary>
internal sealed class NamedPipe : IDisposable
{
    private readonly FileStream writer;

    public NamedPipe(string path, uint owner)
    {
        Kernel.MakePipe(path);
        Kernel.ChangeOwner(path, owner, owner);
        // Opened for both directions, an open does not wait for the other side.
        using var both = Kernel.OpenPipe(path, FileAccess.ReadWrite);
        Reader = Kernel.OpenPipe(path, FileAccess.Read);
        writer = Kernel.OpenPipe(path, FileAccess.Write);
    }

    public FileStream Reader { get; }

    public void CloseWriter() => writer.Dispose();

    public void Dispose()
    {
        writer.Dispose();
        Reader.Dispose();
    }
}
