namespace Stun.Node.Gateway;

/// <summary>
/// Says at bounded times that the network's figures have changed, however much happens: at once after a quiet time, and
/// then once for all that happened within a pause.
/// </summary>
internal sealed class StatisticsTick(TimeProvider clock, Action tell)
{
    public const string Kind = "statistics";

    /// <summary>A person sees no more; and each page that hears it asks for the figures.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private bool isWaiting, isDue;

    /// <summary>Something has happened. Never waits.</summary>
    public void Note()
    {
        lock (gate)
        {
            isDue = true;
            if (isWaiting) return;
            isWaiting = true;
        }
        _ = TellAsync();
    }

    private async Task TellAsync()
    {
        while (true)
        {
            lock (gate)
            {
                if (!isDue)
                {
                    isWaiting = false;
                    return;
                }
                isDue = false;
            }
            // Off the thread that noted it: it may hold what telling needs.
            await Task.Yield();
            tell();
            await Task.Delay(Pause, clock).ConfigureAwait(false);
        }
    }
}
