using System.Runtime.InteropServices;

namespace Stun;

/// <summary>Ctrl-C and SIGTERM: the first asks a command to end in order, the second ends it.</summary>
internal sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly List<PosixSignalRegistration> registrations = [];

    public StopSignal()
    {
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM])
            registrations.Add(PosixSignalRegistration.Create(signal, Take));
    }

    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
        source.Dispose();
    }

    private void Take(PosixSignalContext context)
    {
        // The second time the system does what it always does.
        if (source.IsCancellationRequested) return;
        context.Cancel = true;
        source.Cancel();
    }
}
