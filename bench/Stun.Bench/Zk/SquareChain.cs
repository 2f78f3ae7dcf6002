using System.Globalization;
using Stun.Zk.Circuits;
using Stun.Zk.Fields;
using Stun.Zk.Files;

namespace Stun.Bench.Zk;

/// <summary>
/// The circuit x → x (x + 3), again and again, with a public end: all values are of full size, which is the worst that
/// a sum of multiples can meet.
/// </summary>
internal static class SquareChain
{
    /// <summary>Writes circuit and witness of 2^power - 8 steps.</summary>
    public static int Write(int power, string folder)
    {
        var steps = (1 << power) - 8;
        // Wires: 1, the end (public), the start (private), what lies between.
        var system = new ConstraintSystem(new WireCounts(steps + 2, 1, 0, 1));
        var three = Fr.FromUInt64(3);
        var values = new Fr[steps + 2];
        values[0] = Fr.One;
        values[2] = Fr.FromUInt64(7).Inverse();
        for (var i = 0; i < steps; i++)
        {
            var (from, to) = (i + 2, i == steps - 1 ? 1 : i + 3);
            system.Add([new(from, Fr.One)], [new(from, Fr.One), new(0, three)], [new(to, Fr.One)]);
            values[to] = values[from] * (values[from] + three);
        }
        var name = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"sq{power}"));
        R1csFile.Write(name + ".r1cs", system);
        using var witness = Witness.From(values);
        witness.Write(name + ".wtns");
        return 0;
    }
}
