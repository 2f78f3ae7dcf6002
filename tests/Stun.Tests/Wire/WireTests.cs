using Stun.Cbor;

namespace Stun.Tests.Wire;

public sealed class WireTests
{
    private const ulong Seed = 7_121_712;

    [Fact]
    public void Every_value_comes_back_as_it_was()
    {
        Assert.True(WireCodec.All.Count >= 13, "Codecs were not found: has ProtocolWire been renamed?");
        foreach (var codec in WireCodec.All)
        {
            var values = new RandomWireValues(new Prng(Seed));
            for (var turn = 0; turn < 1000; turn++)
            {
                var value = values.Make(codec.Type);
                var data = codec.Encode(value);
                var told = $"{codec}, seed {Seed}, turn {turn}";
                if (!codec.Decode(data).Equals(value)) Assert.Fail($"{told}: came back different: {value}");
                if (!SlowIsCanonical(data)) Assert.Fail($"{told}: not canonical");
            }
        }
    }

    [Fact]
    public void Mutated_bytes_are_refused_cleanly_or_are_canonical()
    {
        const int mutationCount = 300_000;
        var prng = new Prng(Seed);
        var codecs = WireCodec.All;
        var accepted = 0;
        List<byte[]> samples = [.. codecs.Select(codec => Sample(codec, prng))];
        for (var turn = 0; turn < mutationCount; turn++)
        {
            var which = prng.Below(codecs.Count);
            if (turn % 50 == 0) samples[which] = Sample(codecs[which], prng);
            var data = Mutated(samples[which], prng);
            try
            {
                var value = codecs[which].Decode(data);
                accepted++;
                if (!codecs[which].Encode(value).AsSpan().SequenceEqual(data))
                    Assert.Fail($"seed {Seed}, turn {turn}: {codecs[which]} {Convert.ToHexString(data)} has two forms");
            }
            catch (WireException)
            {
                // The one refusal there is; anything else fails the test by itself.
            }
        }
        Assert.InRange(accepted, mutationCount / 20, mutationCount);
    }

    [Fact]
    public void Noise_is_refused_by_every_decoder()
    {
        var prng = new Prng(Seed);
        foreach (var codec in WireCodec.All)
        {
            for (var turn = 0; turn < 300; turn++)
            {
                var noise = new byte[prng.Below(64)];
                for (var index = 0; index < noise.Length; index++) noise[index] = (byte)prng.Below(256);
                Assert.Throws<WireException>(() => codec.Decode(noise));
            }
        }
    }

    [Fact]
    public void Another_version_is_refused_by_name()
    {
        var data = ProtocolWire.Encode(new Message.TaskAccepted(new TaskId(1, 2)));
        data[1] = 2;
        var refusal = Assert.Throws<WireException>(() => ProtocolWire.DecodeMessage(data));
        Assert.Contains("version 2", refusal.Message);
    }

    [Fact]
    public void An_unknown_field_and_a_missing_one_are_refused_by_name()
    {
        // [1, [12, {1: 5, 2: 6}]] is a heartbeat; with a third field, or without its second, it is none.
        Assert.IsType<Message.Heartbeat>(ProtocolWire.DecodeMessage(Convert.FromHexString("8201820ca201050206")));
        Assert.Contains("unknown field", Refusal("8201820ca3010502060307"));
        Assert.Contains("Message.Heartbeat.Version", Refusal("8201820ca10105"));
        Assert.Contains("case 99", Refusal("8201821863a201050206"));
        Assert.Contains("4294967296", Refusal("8201820ca20105021b0000000100000000"));
    }

    [Fact]
    public void An_undefined_enum_value_is_refused_both_ways()
    {
        var bad = new Message.TaskRefused(default, (Refusal)200);
        Assert.Throws<WireException>(() => ProtocolWire.Encode(bad));
        var data = ProtocolWire.Encode(new Message.TaskRefused(default, Stun.Protocol.Refusal.BadSignature));
        data[^1] = 0x17;
        Assert.Throws<WireException>(() => ProtocolWire.DecodeMessage(data));
    }

    [Fact]
    public void Lists_and_texts_beyond_their_limit_are_refused_both_ways()
    {
        var spec = (TaskSpec)new ExampleWireValues().Make(typeof(TaskSpec));
        var longText = spec with { Command = [new string('x', WireLimits.TextBytesMax + 1)] };
        Assert.Contains("TaskSpec.Command", Assert.Throws<WireException>(() => ProtocolWire.Encode(longText)).Message);
        var fits = spec with { Command = [new string('x', WireLimits.TextBytesMax)] };
        Assert.Equal(fits, ProtocolWire.DecodeTaskSpec(ProtocolWire.Encode(fits)));

        var verdict = new Verdict(default, 0, Outcome.Complete, default, [], 0);
        var finding = new Finding(default, default, Judgement.Paid, default);
        var full = verdict with { Findings = ValueList.Create<Finding>([.. Enumerable.Repeat(finding, 64)]) };
        var data = ProtocolWire.Encode(full);
        Assert.Equal(full, ProtocolWire.DecodeVerdict(data));
        var over = full with { Findings = full.Findings.Add(finding) };
        Assert.Contains("Verdict.Findings", Assert.Throws<WireException>(() => ProtocolWire.Encode(over)).Message);
    }

    [Fact]
    public void A_message_beyond_a_mebibyte_is_refused_both_ways()
    {
        var text = new string('x', WireLimits.TextBytesMax);
        var spec = (TaskSpec)new ExampleWireValues().Make(typeof(TaskSpec)) with
        {
            Command = ValueList.Create<string>([.. Enumerable.Repeat(text, 256)]),
        };
        Assert.Contains("1048576", Assert.Throws<WireException>(() => ProtocolWire.Encode(spec)).Message);
        var data = new byte[WireLimits.MessageBytesMax + 1];
        Assert.Contains("1048576", Assert.Throws<WireException>(() => ProtocolWire.DecodeTaskSpec(data)).Message);
    }

    [Fact]
    public void Half_a_surrogate_pair_never_leaves()
    {
        var spec = (TaskSpec)new ExampleWireValues().Make(typeof(TaskSpec)) with { Command = ["\udc00"] };
        Assert.Throws<WireException>(() => ProtocolWire.Encode(spec));
    }

    [Fact]
    public void A_writer_can_be_used_again()
    {
        var writer = new CborWriter(16);
        foreach (var attempt in (ulong[])[1, 2_000_000])
        {
            var message = new Message.AcceptLease(new AttemptId(attempt));
            writer.Reset();
            ProtocolWire.Encode(writer, message);
            Assert.Equal(message, ProtocolWire.DecodeMessage(writer.Written));
        }
    }

    private static string Refusal(string hex) =>
        Assert.Throws<WireException>(() => ProtocolWire.DecodeMessage(Convert.FromHexString(hex))).Message;

    private static bool SlowIsCanonical(byte[] data) => data.Length > 2000 || Stun.Tests.Cbor.SlowCbor.Accepts(data);

    private static byte[] Sample(WireCodec codec, Prng prng) =>
        codec.Encode(new RandomWireValues(prng.Fork()).Make(codec.Type));

    private static byte[] Mutated(byte[] sample, Prng prng)
    {
        List<byte> data = [.. sample];
        for (var changes = 1 + prng.Below(2); changes > 0 && data.Count > 0; changes--)
        {
            var at = prng.Below(data.Count);
            switch (prng.Below(8))
            {
                case 0: data.RemoveAt(at); break;
                case 1: data.Insert(at, (byte)prng.Below(256)); break;
                case 2: data.RemoveRange(at, data.Count - at); break;
                case 3: data[at] = (byte)prng.Below(24); break;
                default: data[at] ^= (byte)(1 << prng.Below(8)); break;
            }
        }
        return [.. data];
    }
}
