namespace Stun.Node.Serving;

/// <summary>
/// How many replicas a service is to have. More at once when the calls that wait and run are more than its replicas may
/// answer together; fewer only when the most that was needed over a whole idle time was less: a start costs more than a
/// while of waiting for the next wave.
/// </summary>
internal sealed class ScaleRule
{
    private Instant lowSince;
    private int peak;

    public int Wanted { get; private set; }

    /// <param name="load">Calls that run and wait.</param>
    public int Look(ServiceTerms terms, int load, Instant now)
    {
        var needed = Math.Clamp(
            (load + terms.InFlightMax - 1) / terms.InFlightMax, terms.ReplicasMin, terms.ReplicasMax);
        // What the owner has allowed counts at once, also where it is less than before.
        Wanted = Math.Clamp(Wanted, terms.ReplicasMin, terms.ReplicasMax);
        if (needed >= Wanted)
        {
            (Wanted, lowSince, peak) = (needed, now, terms.ReplicasMin);
            return Wanted;
        }
        peak = Math.Max(peak, needed);
        if (now - lowSince < terms.IdleAfter) return Wanted;
        (Wanted, lowSince, peak) = (peak, now, terms.ReplicasMin);
        return Wanted;
    }
}
