using System.Numerics;

namespace Stun.Engine.Placement;

// The score of an offer for a request is a weighted sum of six factors, each a whole number of 0..1000:
//
//   score = HardwareFit * fit + History * history + Proximity * proximity
//         + Price * price + Load * load + Reputation * reputation
//
//   fit         1000 - (power of the offer - power the request names), not below 0, where
//               power = 100 * log2(1 + GPU memory in GiB) + 2 * compute capability (80 means 8.0).
//               So a doubling of GPU memory beyond the need costs a tenth, a whole step of capability a fiftieth.
//               A machine without a GPU has power 0: it fits a task without a GPU perfectly, and the more GPU a
//               machine has the worse it fits one. The logarithm is piecewise linear between powers of two.
//   history     Standing.HistoryPermille
//   proximity   ProximityTable, between the requester's home and the offer's region
//   price       1000 * reference / (reference + price per second)
//   load        1000 * free / whole, of GPUs or of processors, whichever is scarcer: idle machines come first
//   reputation  Standing.ReputationPpm / 1000
//
// History, price and reputation change with the offer, load with each lease: their sum is the base an offer carries.
// Fit and proximity depend on the request. Power is a plain difference so that a search can bound it by a subtraction.
internal static class PlacementScore
{
    public const int FactorMax = 1000;

    /// <summary>Above every power: 100 * 23 for memory and 2 * 65,535 for capability.</summary>
    public const int PowerLimit = 1 << 18;

    public static int Power(uint gpuMemoryMiB, ushort computeCapability)
    {
        var mebibytes = 1024 + (ulong)gpuMemoryMiB;
        var exponent = BitOperations.Log2(mebibytes);
        var fraction = (int)((mebibytes << 8) >> exponent) - 256;
        return (100 * (exponent - 10)) + (100 * fraction / 256) + (2 * computeCapability);
    }

    public static int Fit(int powerOffered, int powerNamed) =>
        Math.Clamp(FactorMax - (powerOffered - powerNamed), 0, FactorMax);

    public static int Price(Amount pricePerSecond, Amount reference)
    {
        // Both halved until their thousandfold sum fits: far above any real price, and never an overflow.
        var (asked, half) = (pricePerSecond.Units, reference.Units);
        while (asked > UInt128.MaxValue >> 12 || half > UInt128.MaxValue >> 12) (asked, half) = (asked >> 1, half >> 1);
        return half == 0 ? 0 : (int)(FactorMax * half / (half + asked));
    }

    /// <summary>What of the score does not depend on the request nor on what runs at the moment.</summary>
    public static int Standing(PlacementWeights weights, Amount pricePerSecond, Standing standing) =>
        (weights.History * (int)Math.Min(standing.HistoryPermille, FactorMax))
        + (weights.Price * Price(pricePerSecond, weights.PriceReference))
        + (weights.Reputation * (int)Math.Min(standing.ReputationPpm / 1000, FactorMax));

    /// <summary>
    /// The score of a row, part by part. What is left of its standing's score is the price's part: that one division
    /// of wide numbers was done when the offer came.
    /// </summary>
    public static ScoreParts Parts(PlacementWeights weights, in OfferRow row, int powerNamed, int proximityPermille)
    {
        var history = weights.History * (int)Math.Min(row.Standing.HistoryPermille, FactorMax);
        var reputation = weights.Reputation * (int)Math.Min(row.Standing.ReputationPpm / 1000, FactorMax);
        return new ScoreParts(
            weights.HardwareFit * Fit(row.Power, powerNamed),
            history,
            weights.Proximity * proximityPermille,
            row.StandingScore - history - reputation,
            weights.Load * Load(row.Whole, row.Free),
            reputation);
    }

    public static int Load(in Capacity whole, in Capacity free)
    {
        unchecked
        {
            // Free is never more than the whole, so no product exceeds 1000 * 2^32.
            var gpus = whole.Gpus == 0 ? FactorMax : (int)(free.Gpus * FactorMax / whole.Gpus);
            var cpu = whole.CpuMillis == 0 ? FactorMax : (int)((ulong)free.CpuMillis * FactorMax / whole.CpuMillis);
            return Math.Min(gpus, cpu);
        }
    }

    public static void Check(PlacementWeights weights)
    {
        ReadOnlySpan<int> each =
        [
            weights.HardwareFit, weights.History, weights.Proximity, weights.Price, weights.Load, weights.Reputation,
        ];
        foreach (var weight in each)
            Invariant.Require(weight is >= 0 and <= PlacementWeights.WeightMax, "a placement weight is in range");
    }
}
