using System.Collections.Concurrent;
using Stun.Execution.Images;

namespace Stun.Execution.Containers;

/// <summary>
/// Containers of popular images, made ahead. A task takes one and leaves nothing of it; the pool makes the next one
/// beside the run. Two tasks never meet in a container.
/// </summary>
internal sealed class WarmPool(ContainerHost host) : IAsyncDisposable
{
    /// <summary>Making the next container would slow down the start that the last one was made for.</summary>
    private static readonly TimeSpan RefillAfter = TimeSpan.FromMilliseconds(25);

    private static readonly TimeSpan ReadyMax = TimeSpan.FromSeconds(60);

    private sealed class Shelf(UnpackedImage image)
    {
        public UnpackedImage Image { get; } = image;
        public ConcurrentQueue<PreparedContainer> Ready { get; } = new();
        public SemaphoreSlim Filling { get; } = new(1);
        public int Wanted { get; set; }
    }

    private readonly ConcurrentDictionary<Digest, Shelf> shelves = new();

    public int Count(Digest image) => shelves.TryGetValue(image, out var shelf) ? shelf.Ready.Count : 0;

    public async Task KeepAsync(UnpackedImage image, int count)
    {
        if (!host.Driver.CanWait)
            throw new ExecutionException("warm.no", $"The driver {host.Driver.Name} makes no containers ahead.",
                "Use crun or runc for warm starts.");
        var shelf = shelves.GetOrAdd(image.Digest, _ => new Shelf(image));
        shelf.Wanted = count;
        await FillAsync(shelf).ConfigureAwait(false);
    }

    public PreparedContainer? Take(Digest image)
    {
        if (!shelves.TryGetValue(image, out var shelf)) return null;
        while (shelf.Ready.TryDequeue(out var container))
        {
            _ = RefillAsync(shelf);
            if (container.IsAlive) return container;
            _ = container.DisposeAsync().AsTask();
        }
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var shelf in shelves.Values)
        {
            shelf.Wanted = 0;
            await FillAsync(shelf).ConfigureAwait(false);
        }
    }

    private async Task RefillAsync(Shelf shelf)
    {
        try
        {
            await Task.Delay(RefillAfter).ConfigureAwait(false);
            await FillAsync(shelf).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is ExecutionException or IOException or TimeoutException)
        {
            // The next task starts cold, and its own start tells what is wrong.
            host.OnTrouble(failure);
        }
    }

    private async Task FillAsync(Shelf shelf)
    {
        await shelf.Filling.WaitAsync().ConfigureAwait(false);
        try
        {
            while (shelf.Ready.Count < shelf.Wanted) shelf.Ready.Enqueue(await MakeAsync(shelf).ConfigureAwait(false));
            while (shelf.Ready.Count > shelf.Wanted && shelf.Ready.TryDequeue(out var container))
                await container.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            shelf.Filling.Release();
        }
    }

    private async Task<PreparedContainer> MakeAsync(Shelf shelf)
    {
        // Started with nobody's name: if it is lost, nobody lost it.
        var container = await host.PrepareAsync(shelf.Image, new RunRecord(null, ContainerHost.Now()),
            new RunNeeds(Scratch.InMemoryMax, [], RunPlaces.None), CancellationToken.None).ConfigureAwait(false);
        try
        {
            await container.WaitUntilReadyAsync().WaitAsync(ReadyMax).ConfigureAwait(false);
            return container;
        }
        catch
        {
            await container.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
