namespace Stun.Node.Doors.OpenAi;

/// <summary>
/// Adds notes of usage up and writes them together. Where that fails they are written one by one, and what cannot be
/// written waits aside: one bad figure of one account keeps nobody else's from the book.
/// </summary>
internal sealed class UsageWriter(UsageBook book, Action<Exception> trouble)
{
    /// <summary>So many failures without one success are the database's, and it is not asked for the others.</summary>
    private const int InVainMax = 8;

    /// <summary>What is more is told, for people to book it, and given up.</summary>
    private const int AsideMax = 10_000;

    private readonly Lock gate = new(), writing = new();
    private Dictionary<UsagePlace, UsageTally> news = [];
    private Dictionary<UsagePlace, UsageTally> aside = [];
    private string lastTold = "";
    private long begun;

    public void Note(UsagePlace place, UsageTally sum)
    {
        lock (gate) Put(news, place, sum);
    }

    /// <summary>What was noted before is in the book when this returns, also where another one is just writing it.
    /// </summary>
    public void Flush()
    {
        var before = Volatile.Read(ref begun);
        lock (writing)
        {
            // One that began after this was asked for has taken all along, and has ended.
            if (begun != before) return;
            begun++;
            Write();
        }
    }

    private void Write()
    {
        Dictionary<UsagePlace, UsageTally> mine, before;
        lock (gate)
        {
            if (news.Count == 0 && aside.Count == 0) return;
            (mine, news) = (news, []);
            (before, aside) = (aside, []);
        }
        try
        {
            if (mine.Count > 0) book.Add(mine);
        }
        catch (Exception)
        {
            AddEach(mine);
        }
        AddEach(before);
    }

    private void AddEach(Dictionary<UsagePlace, UsageTally> entries)
    {
        List<(UsagePlace Place, UsageTally Sum)> failed = [];
        var isAnyWritten = false;
        foreach (var (place, sum) in entries)
        {
            if (!isAnyWritten && failed.Count >= InVainMax)
            {
                PutAside(place, sum);
                continue;
            }
            try
            {
                book.Add(new Dictionary<UsagePlace, UsageTally> { [place] = sum });
                isAnyWritten = true;
            }
            catch (Exception failure)
            {
                failed.Add((place, sum));
                Tell($"Usage of {place.Account} could not be written and waits: {failure.Message}", failure);
            }
        }
        // Behind those that were not tried: next time these do not come first.
        foreach (var (place, sum) in failed) PutAside(place, sum);
    }

    private void PutAside(UsagePlace place, UsageTally sum)
    {
        lock (gate)
            if (aside.Count < AsideMax || aside.ContainsKey(place))
            {
                Put(aside, place, sum);
                return;
            }
        trouble(new InvalidDataException($"Usage that could not be written is given up: {place}, {sum}."));
    }

    private void Tell(string what, Exception failure)
    {
        lock (gate)
        {
            if (what == lastTold) return;
            lastTold = what;
        }
        trouble(new InvalidDataException(what, failure));
    }

    private static void Put(Dictionary<UsagePlace, UsageTally> to, UsagePlace place, UsageTally sum) =>
        to[place] = to.TryGetValue(place, out var before) ? before + sum : sum;
}
