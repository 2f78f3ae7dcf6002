namespace Stun.Execution.Images;

/// <summary>
/// Makes concurrent pulls of one thing one pull. Who stops waiting leaves alone; the pull itself stops when nobody is
/// left. A pull that failed is forgotten, and the next who asks starts another.
/// </summary>
internal sealed class SharedPulls
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Pull> running = new(StringComparer.Ordinal);

    /// <param name="start">Brings the image; what it returns is held until all who wait have taken their own.</param>
    /// <param name="take">Takes a hold of one's own on what was brought.</param>
    public async Task<UnpackedImage> JoinAsync(
        string key, IProgress<ImageProgress> progress,
        Func<IProgress<ImageProgress>, CancellationToken, Task<UnpackedImage>> start,
        Func<Digest, UnpackedImage> take, CancellationToken cancel)
    {
        Pull pull;
        lock (gate)
        {
            var isRunning = running.TryGetValue(key, out var found);
            pull = found ?? new Pull();
            // Before the start: the first report must find somebody.
            pull.Join(progress);
            if (!isRunning)
            {
                running[key] = pull;
                pull.Image = Task.Run(() => RunAsync(key, pull, start), CancellationToken.None);
            }
        }
        try
        {
            var image = await pull.Image.WaitAsync(cancel).ConfigureAwait(false);
            return take(image.Digest);
        }
        finally
        {
            Leave(key, pull, progress);
        }
    }

    private async Task<UnpackedImage> RunAsync(
        string key, Pull pull, Func<IProgress<ImageProgress>, CancellationToken, Task<UnpackedImage>> start)
    {
        try
        {
            var image = await start(pull, pull.Stop.Token).ConfigureAwait(false);
            lock (gate)
            {
                pull.Held = image;
                if (pull.Waiting > 0) return image;
            }
            image.Dispose();
            return image;
        }
        finally
        {
            lock (gate) Forget(key, pull);
        }
    }

    private void Leave(string key, Pull pull, IProgress<ImageProgress> progress)
    {
        UnpackedImage? held;
        lock (gate)
        {
            if (!pull.Leave(progress)) return;
            Forget(key, pull);
            held = pull.Held;
        }
        if (held is null) pull.Stop.Cancel();
        else held.Dispose();
    }

    private void Forget(string key, Pull pull)
    {
        if (running.TryGetValue(key, out var found) && found == pull) running.Remove(key);
    }

    private sealed class Pull : IProgress<ImageProgress>
    {
        private readonly Lock gate = new();
        private readonly List<IProgress<ImageProgress>> watching = [];

        public Task<UnpackedImage> Image { get; set; } = null!;

        public UnpackedImage? Held { get; set; }

        public CancellationTokenSource Stop { get; } = new();

        public int Waiting
        {
            get
            {
                lock (gate) return watching.Count;
            }
        }

        public void Join(IProgress<ImageProgress> progress)
        {
            lock (gate) watching.Add(progress);
        }

        /// <summary>True if nobody waits any more.</summary>
        public bool Leave(IProgress<ImageProgress> progress)
        {
            lock (gate)
            {
                watching.Remove(progress);
                return watching.Count == 0;
            }
        }

        public void Report(ImageProgress value)
        {
            IProgress<ImageProgress>[] all;
            lock (gate) all = [.. watching];
            foreach (var progress in all) progress.Report(value);
        }
    }
}
