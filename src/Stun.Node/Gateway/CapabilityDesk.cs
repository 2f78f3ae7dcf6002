using Stun.Chain.Evm;
using Stun.Execution.Hardware;
using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>
/// Reads the record that a provider's offer names: it counts only with the provider's own signature, for itself.
/// </summary>
internal sealed class CapabilityDesk(Blobs blobs)
{
    /// <summary>A record of all that one may hold, with room to spare.</summary>
    private const int RecordBytesMax = 64 << 10;

    /// <returns>Null where there is none that is this provider's.</returns>
    public async Task<CapabilityView?> FindAsync(Address provider, Digest? named, CancellationToken cancel)
    {
        if (named is not { } blob) return null;
        try
        {
            var bytes = await blobs.ReadAsync(blob, RecordBytesMax, cancel).ConfigureAwait(false);
            if (bytes is null) return null;
            var signed = ProtocolWire.DecodeSignedCapabilityRecord(bytes);
            var digest = TypedData.Digest(CapabilityClaim.Domain, signed.Record);
            return signed.Record.Node == provider && EvmKey.Recover(digest, signed.Signature) == provider
                ? CapabilityView.Of(signed.Record, blob)
                : null;
        }
        catch (Exception failure) when (failure is StorageException or WireException)
        {
            // It is not here yet, or is something else.
            return null;
        }
    }
}
