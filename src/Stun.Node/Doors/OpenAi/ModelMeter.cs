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

    private readonly UsageWriter writer;
    private readonly UsageBook book;
    private readonly ModelDoorSettings settings;
    private readonly TimeProvider clock;
    private readonly QuotaTable<string> ofKeys = new(StringComparer.Ordinal);
    private readonly QuotaTable<Address> ofAccounts = new(EqualityComparer<Address>.Default);
    private readonly CancellationTokenSource stop = new();
    private readonly Task writing;

    public ModelMeter(UsageBook book, ModelDoorSettings settings, TimeProvider clock, Action<Exception> trouble)
    {
        (this.book, this.settings, this.clock) = (book, settings, clock);
        writer = new UsageWriter(book, trouble);
        writing = Task.Run(WriteAsync);
    }

    /// <summary>For all answers that are held whole.</summary>
    public ByteBudget Answers { get; } = new(AnswerBytes.AllBytesMax);

    public Ticket Enter(ApiPrincipal who, ServedModel model, in Question question, int bytes)
    {
        var now = WallTime.Now(clock);
        var most = new TokenUsage(bytes / 4, question.OutMax ?? (TokensUsual * question.Count), true)
            .PriceBy(model.Prices);
        if (most > Limits.MoneyMax)
            throw BackEndFault.Broken($"'{model.Id}'", "asks more for this question than any account can hold");
        var asked = new Asked(who, model, question, bytes);
        var key = Quota.IsNone(settings.PerKey) ? null : ofKeys.Enter(who.KeyId, NewKeyQuota, who, now, most);
        try
        {
            var account = settings.Accounts.Count == 0 && Quota.IsNone(settings.PerAccount)
                ? null : ofAccounts.Enter(who.Account, NewAccountQuota, who, now, most);
            return new Ticket(this, asked, key, account, most);
        }
        catch
        {
            key?.Leave(now, most, Amount.Zero, 0);
            throw;
        }
    }

    /// <summary>What a ticket was given for.</summary>
    internal sealed record Asked(ApiPrincipal Who, ServedModel Model, Question Question, int Bytes);

    /// <summary>One question from its beginning to its end; what is not settled was free.</summary>
    internal sealed class Ticket(ModelMeter meter, Asked asked, Quota? key, Quota? account, Amount most) : IDisposable
    {
        private bool isSettled;

        public ByteBudget Answers => meter.Answers;

        /// <summary>At the prices of when the question was let in.</summary>
        /// <returns>Null where nobody can pay it.</returns>
        public Bill? TryBill(TokenUsage? told, long bytesOut, long pieces) => Bill.TryOf(
            told, asked.Question, new AnswerSize(asked.Bytes, bytesOut, pieces), asked.Model.Prices);

        public Bill BillOf(string by, TokenUsage? told, long bytesOut) => TryBill(told, bytesOut, 0)
            ?? throw BackEndFault.Broken(by, "asks more for its answer than any account can hold");

        public void Settle(string provider, Bill bill) => Close(provider, bill.Usage.Sum, bill.Price, new UsageTally(
            1, 0, 0, bill.Usage.In, bill.Usage.Out, bill.Usage.IsCounted ? bill.Usage.Sum : 0, bill.Price));

        public void SettleCached() =>
            Close("", 0, Amount.Zero, UsageTally.Nothing with { Requests = 1, Cached = 1 });

        public void Dispose()
        {
            if (!isSettled) Close("", 0, Amount.Zero, UsageTally.Nothing with { Requests = 1, Failed = 1 });
        }

        private void Close(string provider, long tokens, Amount charged, UsageTally sum)
        {
            isSettled = true;
            var now = WallTime.Now(meter.clock);
            meter.writer.Note(new UsagePlace(
                UsagePlace.HourOf(now), asked.Who.Account, asked.Who.KeyId, asked.Model.Id, provider,
                asked.Model.Owner), sum);
            key?.Leave(now, most, charged, tokens);
            account?.Leave(now, most, charged, tokens);
        }
    }

    /// <summary>Writes what is there now: before it is read, and at the end.</summary>
    public void Flush() => writer.Flush();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await writing.ConfigureAwait(false);
        Flush();
        stop.Dispose();
    }

    private async Task WriteAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(WriteEvery, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Flush();
        }
    }

    private Quota NewKeyQuota(ApiPrincipal who) => new(
        $"The key {who.KeyId}", settings.PerKey, since => Spent(who.Account, who.KeyId, since));

    private Quota? NewAccountQuota(ApiPrincipal who)
    {
        var limits = settings.Accounts.FirstOrDefault(each => each.Account == who.Account)?.Quota
            ?? settings.PerAccount;
        return Quota.IsNone(limits)
            ? null : new Quota($"The account {who.Account}", limits, since => Spent(who.Account, null, since));
    }

    private Amount Spent(Address account, string? keyId, Instant since)
    {
        Flush();
        return book.Charged(account, keyId, since);
    }
}
