using Stun.Zk.Circuits;
using Stun.Zk.Fields;
using Stun.Zk.Files;

namespace Stun.Tests.Zk;

/// <summary>A chain x → x (x + 3) with a public end: as many constraints as steps, full-size values.</summary>
internal static class SquareChain
{
    public static ConstraintSystem Circuit(int steps)
    {
        // Wires: 1, the end (public), the start (private), what lies between.
        var system = new ConstraintSystem(new WireCounts(steps + 2, 1, 0, 1));
        for (var i = 0; i < steps; i++)
        {
            var from = i + 2;
            var to = i == steps - 1 ? 1 : i + 3;
            system.Add([new(from, Fr.One)], [new(from, Fr.One), new(0, Fr.FromUInt64(3))], [new(to, Fr.One)]);
        }
        return system;
    }

    public static Fr[] Values(int steps, Fr start)
    {
        var values = new Fr[steps + 2];
        values[0] = Fr.One;
        for (var i = 0; i < steps; i++)
        {
            values[i + 2] = start;
            start *= start + Fr.FromUInt64(3);
        }
        values[1] = start;
        return values;
    }

    public static Witness Witness(int steps, ulong start = 7) =>
        Stun.Zk.Files.Witness.From(Values(steps, Fr.FromUInt64(start).Inverse()));
}
