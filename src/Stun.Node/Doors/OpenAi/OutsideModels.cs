using System.Diagnostics.CodeAnalysis;
using Stun.Node.Configuration;
using Stun.Node.Gateway;
using Stun.Node.Serving;

namespace Stun.Node.Doors.OpenAi;

/// <summary>Models of providers outside of the network. Several may have one model; the least busy is asked.</summary>
public sealed class OutsideModels : IModelHost, IDisposable
{
    private readonly List<OutsideProvider> providers;
    private readonly SortedDictionary<string, OutsideRoute> routes = new(StringComparer.Ordinal);

    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(10);

    public OutsideModels(IEnumerable<OutsideSettings> settings, TimeProvider clock)
        : this(settings, clock, ConnectWithin)
    {
    }

    internal OutsideModels(IEnumerable<OutsideSettings> settings, TimeProvider clock, TimeSpan connectWithin)
    {
        providers = [.. settings.Select(each => new OutsideProvider(each, connectWithin))];
        var now = WallTime.Now(clock);
        foreach (var group in providers
            .SelectMany(provider => provider.Settings.Models.Select(model => (provider, model.Id)))
            .GroupBy(pair => pair.Id, pair => pair.provider, StringComparer.Ordinal))
        {
            var first = group.First().Settings;
            routes[group.Key] = new OutsideRoute(
                new ServedModel(group.Key, first.Name, Address.Zero, now, first.Prices), [.. group]);
        }
    }

    public IReadOnlyList<ServedModel> ModelsFor(Address account) =>
        [.. routes.Values.Where(route => route.For(account) is not null).Select(route => route.Model)];

    /// <summary>Whether the name is one of these, for whomever it is.</summary>
    public bool Has(string model) => routes.ContainsKey(model);

    public IModelRoute? Find(string model, Address account) =>
        routes.TryGetValue(model, out var route) ? route.For(account) : null;

    public void Dispose()
    {
        foreach (var provider in providers) provider.Dispose();
    }
}

/// <summary>Who is asked for one model: whoever has the least to do, then the others, until somebody begins.</summary>
internal sealed class OutsideRoute(ServedModel model, OutsideProvider[] providers) : IModelRoute
{
    /// <summary>For a place with any of them.</summary>
    private static readonly TimeSpan WaitMost = TimeSpan.FromSeconds(10);

    private readonly bool isForAll = Array.TrueForAll(providers, provider => provider.Settings.Accounts.Count == 0);
    private uint turn;

    public ServedModel Model => model;

    public bool TellsUsage { get; } = Array.TrueForAll(providers, provider => provider.Settings.TellsUsage);

    public int Room
    {
        get
        {
            var room = 0;
            foreach (var provider in providers) room += provider.Room;
            return room;
        }
    }

    public bool Speaks(string path) => Array.Exists(providers, provider => provider.Speaks(path));

    public OutsideRoute? For(Address account)
    {
        if (isForAll) return this;
        var open = Array.FindAll(providers, provider => provider.Lets(account));
        return open.Length == 0 ? null : new OutsideRoute(model, open);
    }

    public async Task<ModelAnswer> AskAsync(ModelQuestion question, CancellationToken cancel)
    {
        List<OutsideProvider>? tried = null;
        while (true)
        {
            var provider = Choose(question.Path, tried) ?? await WaitAsync(question.Path, tried, cancel)
                .ConfigureAwait(false);
            try
            {
                return await provider.AskAsync(question, model.Id, cancel).ConfigureAwait(false);
            }
            catch (ApiException) when (!cancel.IsCancellationRequested)
            {
                provider.Failed();
                tried ??= [];
                tried.Add(provider);
                if (!HasOther(question.Path, tried)) throw;
            }
        }
    }

    private bool HasOther(string path, List<OutsideProvider> tried) =>
        Array.Exists(providers, provider => provider.Speaks(path) && !tried.Contains(provider));

    /// <summary>With a place there; null where nobody has one.</summary>
    private OutsideProvider? Choose(string path, List<OutsideProvider>? tried)
    {
        if (providers.Length == 1) return providers[0].Speaks(path) && providers[0].TryEnter() ? providers[0] : null;
        // Who is equally busy takes turns.
        var start = Interlocked.Increment(ref turn);
        while (TryLeastBusy(path, tried, start, out var best))
            if (best.TryEnter()) return best;
        return null;
    }

    private bool TryLeastBusy(
        string path, List<OutsideProvider>? tried, uint start, [NotNullWhen(true)] out OutsideProvider? best)
    {
        best = null;
        for (var index = 0u; index < providers.Length; index++)
        {
            var each = providers[unchecked(start + index) % (uint)providers.Length];
            if (!each.Speaks(path) || each.Room == 0 || tried?.Contains(each) == true) continue;
            if (best is null || (best.IsResting && !each.IsResting)
                || (best.IsResting == each.IsResting && each.InFlight < best.InFlight)) best = each;
        }
        return best is not null;
    }

    private async Task<OutsideProvider> WaitAsync(
        string path, List<OutsideProvider>? tried, CancellationToken cancel)
    {
        var waiter = new TaskCompletionSource<OutsideProvider>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = Array.FindAll(
            providers, provider => provider.Speaks(path) && tried?.Contains(provider) != true);
        if (asked.Length == 0)
            throw new ApiException("model.path", $"'{model.Id}' does not answer at {path}.");
        try
        {
            var isWaiting = false;
            foreach (var provider in asked) isWaiting |= provider.TryWait(waiter);
            if (!isWaiting) throw Full(model.Id);
            return await waiter.Task.WaitAsync(WaitMost, cancel).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is TimeoutException or OperationCanceledException)
        {
            // A place that was handed over in this very moment goes to the next.
            if (!waiter.TrySetCanceled(CancellationToken.None)) (await waiter.Task.ConfigureAwait(false)).Leave();
            if (failure is TimeoutException) throw Full(model.Id);
            throw;
        }
        finally
        {
            foreach (var provider in asked) provider.StopWaiting(waiter);
        }
    }

    private static ApiException Full(string name) =>
        new("model.busy", $"All who answer for '{name}' have more to do than they can.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };
}
