using System.Runtime.InteropServices;

namespace Stun.Zk.Files;

/// <summary>
/// An array outside of the managed heap, on borders of cache lines: for sections of many megabytes, which the
/// collector would neither move nor give back in time.
/// </summary>
internal sealed unsafe class NativeArray<T> : IDisposable where T : unmanaged
{
    private T* memory;

    public NativeArray(int length, bool cleared = true)
    {
        Length = length;
        var bytes = Math.Max(64, (nuint)length * (nuint)sizeof(T));
        memory = (T*)NativeMemory.AlignedAlloc(bytes, 64);
        if (cleared) NativeMemory.Clear(memory, bytes);
    }

    ~NativeArray() => Free();

    public int Length { get; }

    public Span<T> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(memory is null, this);
            return new Span<T>(memory, Length);
        }
    }

    public T* Pointer => memory;

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(memory);
        memory = null;
    }
}
