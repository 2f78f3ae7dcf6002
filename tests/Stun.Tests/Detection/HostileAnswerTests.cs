using Stun.Execution.Hardware;

namespace Stun.Tests.Detection;

/// <summary>
/// Recorded answers, changed at random: whatever a kernel or a tool says, detection ends with a report.
/// </summary>
public sealed class HostileAnswerTests
{
    private const ulong Seed = 43_210;

    [Fact]
    public void Mutated_answers_of_tools_never_throw()
    {
        var prng = new Prng(Seed);
        string[] names = ["nvidia-a100.csv", "nvidia-consumer.csv", "rocm-7900xt.json", "mig-a100.listing.txt"];
        var cards = 0;
        foreach (var text in names.Select(RecordedMachine.Text))
        {
            var whole = NvidiaSource.Cards(RecordedMachine.Text("nvidia-a100.csv"), []);
            for (var turn = 0; turn < 1000; turn++)
            {
                var mutated = Mutated(text, prng);
                cards += NvidiaSource.Cards(mutated, []).Count;
                cards += AmdSource.Cards(mutated, []).Count;
                NvidiaSource.WithSlices(whole, mutated);
                ContainerSource.Version(mutated);
            }
        }
        Assert.True(cards > 500, "Almost no mutated answer was read: the mutations are too strong to test anything.");
    }

    [Theory]
    [InlineData("vm-epyc.tree")]
    [InlineData("server-8480.tree")]
    [InlineData("mi300x.tree")]
    [InlineData("arc.tree")]
    public async Task Mutated_trees_never_throw_and_always_fit_the_wire(string tree)
    {
        var prng = new Prng(Seed);
        var parts = ("\n" + RecordedMachine.Text(tree)).Split("\n@ ", StringSplitOptions.RemoveEmptyEntries);
        using var machine = new RecordedMachine(tree);
        for (var turn = 0; turn < 60; turn++)
        {
            foreach (var part in parts)
            {
                var end = part.IndexOf('\n');
                if (prng.Below(3) == 0) machine.Write(part[..end], Mutated(part[(end + 1)..], prng));
            }
            var report = await HardwareDetection.RunAsync(machine.Sources);
            var record = CapabilityClaim.Make(report, null, default, default, default);
            Assert.Equal(record, ProtocolWire.DecodeCapabilityRecord(ProtocolWire.Encode(record)));
            HardwareTable.Text(new HardwareDocument(report, null, null));
        }
    }

    private static string Mutated(string text, Prng prng)
    {
        const string Signs = "0123456789,:.-{}[]\"\\\n\t x\u0000\ud800\uffff";
        var signs = text.ToList();
        for (var changes = prng.Below(4); changes > 0 && signs.Count > 0; changes--)
        {
            var at = prng.Below(signs.Count);
            switch (prng.Below(5))
            {
                case 0: signs.RemoveAt(at); break;
                case 1: signs.RemoveRange(at, signs.Count - at); break;
                case 2: signs.InsertRange(at, signs.Take(Math.Min(signs.Count, 40)).ToArray()); break;
                case 3: signs.InsertRange(at, Enumerable.Repeat('9', prng.Below(40))); break;
                default: signs[at] = Signs[prng.Below(Signs.Length)]; break;
            }
        }
        return new string([.. signs]);
    }
}
