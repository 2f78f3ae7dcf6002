using System.Diagnostics;
using Stun.Chain.Evm;
using Stun.Node.Transport;

namespace Stun.Tests.Transport;

/// <summary>Foreign bytes in every place that reads them before and after the handshake.</summary>
public sealed class TransportFuzzTests
{
    private const string CountVariable = "STUN_FUZZ_ENVELOPES";
    private static readonly Digest Network = new(1, 2, 3, 4);

    private static int Count =>
        int.TryParse(Environment.GetEnvironmentVariable(CountVariable), out var count) ? count : 100_000;

    [Fact]
    public void Fuzzed_frames_are_refused_by_one_exception_and_cost_little_memory()
    {
        const ulong seed = 20_260_601;
        var prng = new Prng(seed);
        using var hubKey = EvmKey.Generate();
        using var peerKey = EvmKey.Generate();
        using var hub = new HubHandshake(hubKey, Network, [LocalRole.Of(hubKey)]);
        using var peer = new PeerHandshake(peerKey, Network, 1, null);
        var hello = peer.Answer(hub.Challenge, new ResumePoint(Network, 3));
        hub.ReadHello(hello);
        var welcome = hub.Answer(Network, true, 7).Frame;
        using var other = new PeerHandshake(peerKey, Network, 1, null);
        var envelopes = EnvelopeTests.Samples().Select(sample => sample.Encode().ToArray()).ToArray();
        var logs = new[] { new LogChunk(new AttemptId(1), 1, 5, new byte[40]).Encode() };
        using var cipher = new FrameCipher(new byte[32]);
        var plain = new byte[1 << 16];

        (string Name, byte[][] Samples, Action<byte[]> Read)[] readers =
        [
            ("envelope", envelopes, data => Envelope.Decode(data)),
            ("log chunk", logs, data => LogChunk.Decode(data)),
            ("sealed frame", envelopes, data => cipher.Open(data, plain.AsSpan(0, Math.Max(0, data.Length - 17)))),
            ("challenge", [hub.Challenge], data => Challenge.Decode(data)),
            ("signed frame", [hello, welcome], data => SignedFrame.Decode(data)),
            ("hello", [SignedFrame.Decode(hello).Body], data => Hello.Decode(data)),
            ("welcome", [SignedFrame.Decode(welcome).Body], data => Welcome.Decode(data)),
        ];
        // These check signatures, which is slow: now and then.
        (string Name, byte[][] Samples, Action<byte[]> Read)[] slow =
        [
            ("answer to a challenge", [hub.Challenge], data => other.Answer(data, null)),
            ("reading a hello", [hello], data => hub.ReadHello(data)),
            ("reading a welcome", [welcome], data => peer.Finish(data)),
        ];
        var (accepted, most) = (0, 0L);
        for (var turn = 0; turn < Count; turn++)
        {
            var (name, samples, read) = turn % 50 == 0 ? slow[prng.Below(3)] : readers[prng.Below(7)];
            var data = Changed(prng, samples[prng.Below(samples.Length)]);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(data);
                accepted++;
            }
            catch (TransportException)
            {
                // The only one that may come out.
            }
            catch (Exception cause)
            {
                Assert.Fail($"seed {seed}, turn {turn}, {name}: {cause}\n{Convert.ToHexString(data)}");
            }
            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before - (4 * data.Length));
        }
        // What it says about its own size never decides what is allocated.
        Assert.InRange(most, 0, 64 << 10);
        // Unchanged and harmlessly changed ones, so that more than the first check was tried.
        Assert.InRange(accepted, Count / 50, Count - (Count / 10));
        TestContext.Current.SendDiagnosticMessage(
            $"{Count} frames: {accepted} accepted, at most {most} bytes more than four times the input, "
            + $"{Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB resident at most");
    }

    private static byte[] Changed(Prng prng, byte[] sample)
    {
        if (prng.Below(16) == 0)
        {
            var noise = new byte[prng.Below(200)];
            for (var index = 0; index < noise.Length; index++) noise[index] = (byte)prng.Below(256);
            return noise;
        }
        List<byte> data = [.. sample];
        for (var changes = prng.Below(4); changes > 0 && data.Count > 0; changes--)
        {
            var at = prng.Below(data.Count);
            switch (prng.Below(6))
            {
                case 0: data[at] = (byte)prng.Below(256); break;
                case 1: data[at] ^= (byte)(1 << prng.Below(8)); break;
                case 2: data.RemoveAt(at); break;
                case 3: data.Insert(at, (byte)prng.Below(256)); break;
                case 4: data.RemoveRange(at, data.Count - at); break;
                // Heads of CBOR that promise much.
                default: data.InsertRange(at, [(byte)((prng.Below(8) << 5) | 26), 0x7f, 0xff, 0xff, 0xff]); break;
            }
        }
        return [.. data];
    }
}
