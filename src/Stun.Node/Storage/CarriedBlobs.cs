namespace Stun.Node.Storage;

/// <summary>
/// Blobs that offers of this process name. They are given to those who have to read them until they are there: the link
/// may come up later.
/// </summary>
public sealed class CarriedBlobs : IAsyncDisposable
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource ending = new();
    private readonly List<byte[]> carried = [];
    private Task sharing = Task.CompletedTask;

    public void Add(byte[] bytes) => carried.Add(bytes);

    public void Share(Blobs blobs) => sharing = ShareAsync(blobs, ending.Token);

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync().ConfigureAwait(false);
        await sharing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ending.Dispose();
    }

    private async Task ShareAsync(Blobs blobs, CancellationToken stop)
    {
        foreach (var bytes in carried)
            while (!stop.IsCancellationRequested)
                try
                {
                    await blobs.KeepAsync(bytes, stop).ConfigureAwait(false);
                    break;
                }
                catch (StorageException)
                {
                    await Task.Delay(Again, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
    }
}
