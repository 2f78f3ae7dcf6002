using System.Collections.Concurrent;
using Stun.Node.Configuration;
using Stun.Node.Gateway;
using Stun.Node.Serving;

namespace Stun.Node.Doors.OpenAi;

/// <summary>
/// Lets questions in by quota, and notes what they took. Notes are added up in memory and written every second, so that
/// no question waits for the disk.
/// </summary>
internal sealed class ModelMeter : IAsyncDisposable
{
    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(1);

    /// <summary>What an answer is taken to be where the caller sets no limit to it.</summary>
    private const long TokensUsual = 1_024;

    /// <summary>Some 500 bytes each; beyond it those that nobody uses are made again.</summary>
    private const int QuotasMax = 50_000;

    private readonly UsageBook book;
    private readonly ModelDoorSettings settings;
    private readonly TimeProvider clock;
    private readonly ConcurrentDictionary<string, Quota?> ofKeys = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Address, Quota?> ofAccounts = new();
    private readonly Lock gate = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Task writing;
    private Dictionary<UsagePlace, UsageSum> news = [];

    public ModelMeter(UsageBook book, ModelDoorSettings settings, TimeProvider clock)
    {
        (this.book, this.settings, this.clock) = (book, settings, clock);
        writing = Task.Run(WriteAsync);
    }

    /// <summary>What went wrong when it was last written; null when nothing did.</summary>
    public Exception? Trouble { get; private set; }

    public Ticket Enter(ApiPrincipal who, ServedModel model, in Question question, int bytes)
    {
        var now = WallTime.Now(clock);
        var (key, account) = (KeyQuota(who), AccountQuota(who.Account));
        if (key is null && account is null) return new Ticket(this, who, model, null, null, Amount.Zero);
        var most = new TokenUsage(bytes / 4, Bounded(question), true).PriceBy(model.Prices);
        key?.Enter(now, most);
        try
        {
            account?.Enter(now, most);
        }
        catch (ApiException)
        {
            key?.Leave(now, most, Amount.Zero, 0);
            throw;
        }
        return new Ticket(this, who, model, key, account, most);
    }

    private static long Bounded(in Question question) =>
        Math.Min(question.TokensMax == 0 ? TokensUsual : question.TokensMax, 10_000_000) * question.Count;

    /// <summary>One question from its beginning to its end; what is not settled was free.</summary>
    internal sealed class Ticket(
        ModelMeter meter, ApiPrincipal who, ServedModel model, Quota? key, Quota? account, Amount most) : IDisposable
    {
        private bool isSettled;

        public void Settle(string provider, TokenUsage usage, Amount charged) => Close(provider, usage, charged,
            new UsageSum(1, 0, 0, usage.In, usage.Out, usage.IsCounted ? usage.Sum : 0, charged));

        public void SettleCached() =>
            Close("", default, Amount.Zero, UsageSum.Nothing with { Requests = 1, Cached = 1 });

        public void Dispose()
        {
            if (!isSettled)
                Close("", default, Amount.Zero, UsageSum.Nothing with { Requests = 1, Failed = 1 });
        }

        private void Close(string provider, TokenUsage usage, Amount charged, UsageSum sum)
        {
            isSettled = true;
            var now = WallTime.Now(meter.clock);
            key?.Leave(now, most, charged, usage.Sum);
            account?.Leave(now, most, charged, usage.Sum);
            meter.Note(new UsagePlace(
                UsagePlace.HourOf(now), who.Account, who.KeyId, model.Id, provider, model.Owner), sum);
        }
    }

    /// <summary>Writes what is there now: before it is read, and at the end.</summary>
    public void Flush()
    {
        Dictionary<UsagePlace, UsageSum> mine;
        lock (gate)
        {
            if (news.Count == 0) return;
            (mine, news) = (news, []);
        }
        try
        {
            book.Add(mine);
            Trouble = null;
        }
        catch (Exception failure)
        {
            // Nothing of it was written; it goes with the next.
            foreach (var (place, sum) in mine) Note(place, sum);
            Trouble = failure;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await writing.ConfigureAwait(false);
        Flush();
        stop.Dispose();
    }

    private void Note(UsagePlace place, UsageSum sum)
    {
        lock (gate) news[place] = news.TryGetValue(place, out var before) ? before + sum : sum;
    }

    private async Task WriteAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(WriteEvery, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Flush();
        }
    }

    private Quota? KeyQuota(ApiPrincipal who)
    {
        if (Quota.IsNone(settings.PerKey)) return null;
        if (ofKeys.Count > QuotasMax) ofKeys.Clear();
        return ofKeys.GetOrAdd(who.KeyId, static (id, at) => new Quota($"The key {id}", at.Meter.settings.PerKey,
            since => at.Meter.Spent(at.Account, id, since)), (Meter: this, who.Account));
    }

    private Quota? AccountQuota(Address account)
    {
        if (settings.Accounts.Count == 0 && Quota.IsNone(settings.PerAccount)) return null;
        if (ofAccounts.Count > QuotasMax) ofAccounts.Clear();
        return ofAccounts.GetOrAdd(account, static (address, meter) => meter.NewQuota(address), this);
    }

    private Quota? NewQuota(Address account)
    {
        var limits = settings.Accounts.FirstOrDefault(each => each.Account == account)?.Quota ?? settings.PerAccount;
        return Quota.IsNone(limits)
            ? null : new Quota($"The account {account}", limits, since => Spent(account, null, since));
    }

    private Amount Spent(Address account, string? keyId, Instant since)
    {
        Flush();
        return book.Charged(account, keyId, since);
    }
}
