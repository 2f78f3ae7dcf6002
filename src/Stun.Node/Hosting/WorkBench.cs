namespace Stun.Node.Hosting;

/// <summary>
/// Work of some microseconds that roles ask for, signatures above all: done in passing while there is nothing else to
/// do, else by other threads, many at a time.
/// </summary>
public sealed class WorkBench
{
    /// <summary>Enough to be worth waking a thread, few enough to share among two.</summary>
    private const int ShareMax = 16;

    private readonly Pump pump;
    private readonly List<Piece> pieces = [];

    private readonly record struct Piece(RoleHost Role, ulong Id, Func<Answer> Work);

    public WorkBench(Pump pump)
    {
        this.pump = pump;
        pump.AtTurnEnd(Flush);
    }

    public void Add(RoleHost role, ulong id, Func<Answer> work) => pieces.Add(new Piece(role, id, work));

    private void Flush()
    {
        if (pieces.Count == 0) return;
        if (pieces.Count == 1 && !pump.HasArrivals)
        {
            Pump.AnswerHere(pieces[0].Role, pieces[0].Id, pieces[0].Work());
            pieces.Clear();
            return;
        }
        for (var start = 0; start < pieces.Count; start += ShareMax)
        {
            var share = pieces.GetRange(start, Math.Min(ShareMax, pieces.Count - start));
            ThreadPool.UnsafeQueueUserWorkItem(Do, share, preferLocal: false);
        }
        pieces.Clear();
    }

    private void Do(List<Piece> share)
    {
        foreach (var piece in share) pump.Answer(piece.Role, piece.Id, piece.Work());
    }
}
