namespace Stun.Engine.Market;

// What a segment of the market (a GPU model, say) might ask for a second, from how much of it is in demand:
//
//   pressure    (leased + queued) / total, in parts per million, at most 3 million: above 1 million people wait
//   smoothed    a quarter of the new pressure and three quarters of the old: demand that jumps up and down from one
//               step to the next moves the price by its mean, not by its jumps
//   error       smoothed pressure less the target
//   step        nothing inside the dead band; outside, a twentieth of the error beyond the band, at most StepPpmMax
//   suggestion  last * (1 + step), inside [Floor, Ceiling]
//
// A twentieth is slow on purpose. If demand falls by e percent for each percent of price, the loop's gain is about
// e / 20; with the quarter of smoothing and providers who follow late it settles without ringing up to e of about 4,
// and the dead band stops it from hunting for the last percent. A segment without any offer tells nothing about
// demand, so there the suggestion goes back to the reference, step by step.
//
// It is advice. What a provider posts is what is charged, whatever was suggested; nothing here is ever paid.
// A suggestion so small that its step is less than one unit stays as it is: the token has decimals for that.

/// <summary>
/// Advice on a price per second, and the smoothed pressure it came from: all that the next one needs.
/// </summary>
public readonly record struct PriceSuggestion(Amount PerSecond, uint PressurePpm)
{
    private const uint PressurePpmMax = 3_000_000;
    private const int SmoothingParts = 4;
    private const int ErrorPartsPerStep = 20;

    /// <summary>Where a segment begins: at the reference, as if demand were just right.</summary>
    public static PriceSuggestion First(PriceRules rules)
    {
        rules.Check();
        return new PriceSuggestion(rules.Within(rules.Reference), rules.TargetPpm);
    }

    public PriceSuggestion Next(SegmentDemand demand, PriceRules rules)
    {
        rules.Check();
        if (demand.Total == 0) return this with { PerSecond = rules.Within(Towards(rules.Reference, rules)) };
        var smoothed = PressurePpm + (((long)Pressure(demand) - PressurePpm) / SmoothingParts);
        var error = smoothed - rules.TargetPpm;
        var beyond = Math.Max(0, Math.Abs(error) - rules.DeadBandPpm);
        var step = (uint)Math.Min(beyond / ErrorPartsPerStep, rules.StepPpmMax);
        var change = PerSecond.Ppm(step);
        var moved = error > 0 ? Raised(change, rules) : PerSecond - change;
        return new PriceSuggestion(rules.Within(moved), (uint)smoothed);
    }

    private static uint Pressure(SegmentDemand demand)
    {
        var wanted = (UInt128)demand.Leased + demand.Queued;
        return (uint)UInt128.Min(wanted * 1_000_000 / demand.Total, PressurePpmMax);
    }

    private Amount Towards(Amount reference, PriceRules rules)
    {
        var change = PerSecond.Ppm(rules.StepPpmMax);
        if (PerSecond < reference) return Amount.Min(reference, Raised(change, rules));
        return Amount.Max(reference, PerSecond - change);
    }

    /// <summary>Never beyond the ceiling, and so never beyond what an amount can hold.</summary>
    private Amount Raised(Amount change, PriceRules rules) =>
        PerSecond >= rules.Ceiling || change >= rules.Ceiling - PerSecond ? rules.Ceiling : PerSecond + change;
}

/// <summary>
/// How much of a segment is leased, how much there is, and how much more is asked for; in GPUs or processors.
/// </summary>
public readonly record struct SegmentDemand(ulong Leased, ulong Total, ulong Queued);

/// <param name="TargetPpm">
/// The part of the segment in use at best: below 1, so that a task finds a free machine.
/// </param>
/// <param name="DeadBandPpm">How far pressure may be from the target before the price moves.</param>
/// <param name="StepPpmMax">The most one step may change; only a new floor or ceiling may change it more.</param>
/// <param name="Reference">What the segment is thought to be worth when nothing is known.</param>
public sealed record PriceRules(
    uint TargetPpm, uint DeadBandPpm, uint StepPpmMax, Amount Floor, Amount Ceiling, Amount Reference)
{
    /// <summary>
    /// Four fifths in use, a twentieth to and fro, five percent a step; from a tenth to ten times the
    /// reference.
    /// </summary>
    public static PriceRules Around(Amount reference) =>
        new(800_000, 50_000, 50_000, reference.DividedBy(10), reference * 10, reference);

    internal Amount Within(Amount price) => Amount.Min(Ceiling, Amount.Max(Floor, price));

    internal void Check()
    {
        Invariant.Require(Floor <= Ceiling, "a price floor is not above its ceiling");
        Invariant.Require(StepPpmMax <= 1_000_000, "a price falls by no more than itself");
        Invariant.Require(TargetPpm <= 1_000_000 && DeadBandPpm <= 1_000_000, "target and band are parts of a whole");
    }
}
