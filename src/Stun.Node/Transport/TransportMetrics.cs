using System.Diagnostics.Metrics;

namespace Stun.Node.Transport;

/// <summary>What the links of one hub or dialer count, for meters and for status pages.</summary>
public sealed class TransportMetrics : IDisposable
{
    public const string MeterName = "Stun.Node.Transport";

    private readonly Meter meter = new(MeterName);
    private readonly Counter<long> drops;
    private readonly Counter<long> refusals;
    private readonly Counter<long> ends;
    private long dropped;
    private long refused;

    public TransportMetrics()
    {
        drops = meter.CreateCounter<long>(
            "stun.transport.drops", "{post}", "Posts that were not sent: queue full, nobody there, unsigned.");
        refusals = meter.CreateCounter<long>(
            "stun.transport.refusals", "{link}", "Handshakes and connections that were refused.");
        ends = meter.CreateCounter<long>("stun.transport.ends", "{link}", "Links that ended, by their code.");
    }

    public long Dropped => Interlocked.Read(ref dropped);

    public long Refused => Interlocked.Read(ref refused);

    internal void Drop(string code, int count = 1)
    {
        if (count == 0) return;
        Interlocked.Add(ref dropped, count);
        drops.Add(count, new KeyValuePair<string, object?>("code", code));
    }

    internal void Refuse(string code)
    {
        Interlocked.Increment(ref refused);
        refusals.Add(1, new KeyValuePair<string, object?>("code", code));
    }

    // Codes of the other side are its own words: only known ones become names of series.
    internal void End(LinkEnd end) =>
        ends.Add(1, new KeyValuePair<string, object?>("code", end.SaidByPeer ? "said-by-peer" : end.Code));

    public void Dispose() => meter.Dispose();
}
