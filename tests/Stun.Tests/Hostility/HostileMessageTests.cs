using Stun.Simulation;
using Stun.Tests.Wire;

namespace Stun.Tests.Hostility;

/// <summary>
/// A machine that throws crashes its role, and a message that is sent again would crash it again. So nothing that
/// the wire lets through may make a machine throw, whoever sends it.
/// </summary>
public sealed class HostileMessageTests
{
    /// <summary>With every role lying, laws may break and end a world early; what may not happen is a crash.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_twisted_copy_of_a_real_message_crashes_no_machine(int seed)
    {
        const int Wanted = 15_000;
        var prng = new Prng((ulong)seed);
        var sent = 0;
        for (var world = 0; world < 200 && sent < Wanted; world++) sent += Haunt((ulong)((seed * 1_000) + world), prng);
        Assert.True(sent >= Wanted, $"seed {seed}: only {sent} hostile messages were sent");
    }

    [Fact]
    public void Any_message_that_the_wire_lets_through_crashes_no_machine()
    {
        var prng = new Prng(99);
        var values = new RandomWireValues(prng);
        var world = new World(SimOptions.FromSeed(5) with { TaskCount = 5, HasChain = false });
        world.At(world.Now + Duration.Seconds(1), () =>
        {
            for (var count = 0; count < 60_000; count++)
            {
                var message = (Message)values.Make(typeof(Message));
                if (!Crosses(message)) continue;
                var node = world.Cast.Nodes[prng.Below(world.Cast.Nodes.Count)];
                var sender = prng.Below(2) == 0 ? world.Cast.SchedulerAddress : Keys.AddressOf("stranger", 1);
                world.At(world.Now + Duration.Millis(count), () => world.Cast.Deliver(sender, node.Address, message));
            }
        });
        try
        {
            world.Run();
        }
        catch (LawException)
        {
            return; // As above.
        }
    }

    /// <summary>Runs a world in which every third message is followed by a twisted copy; says how many.</summary>
    private static int Haunt(ulong seed, Prng prng)
    {
        var twist = new Twist(prng);
        var world = new World(SimOptions.FromSeed(seed) with { TaskCount = 25, RequesterCount = 2 });
        var sent = 0;
        world.Network.Heard = (from, to, message) =>
        {
            if (prng.Below(3) != 0) return;
            var hostile = twist.Of(message);
            if (!Crosses(hostile)) return;
            sent++;
            var sender = prng.Below(2) == 0 ? from : Keys.AddressOf("stranger", 1);
            world.At(world.Now + Duration.Millis(1), () => world.Cast.Deliver(sender, to, hostile));
        };
        try
        {
            world.Run();
        }
        catch (LawException)
        {
            return sent;
        }
        return sent;
    }

    private static bool Crosses(Message message)
    {
        try
        {
            ProtocolWire.Encode(message);
            return true;
        }
        catch (WireException)
        {
            return false;
        }
    }
}
