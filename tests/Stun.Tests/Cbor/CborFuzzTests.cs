using Stun.Cbor;

namespace Stun.Tests.Cbor;

public sealed class CborFuzzTests
{
    private const int InputCount = 1_000_000;

    [Fact]
    public void A_million_inputs_are_judged_as_the_slow_parser_judges_them()
    {
        const ulong seed = 20_260_101;
        var prng = new Prng(seed);
        var accepted = 0;
        for (var turn = 0; turn < InputCount; turn++)
        {
            var data = Input(prng);
            var told = $"seed {seed}, turn {turn}: {Convert.ToHexString(data)}";
            var before = GC.GetAllocatedBytesForCurrentThread();
            var strict = CborReader.Accepts(data);
            var lenient = CborReader.Accepts(data, CborRules.Lenient);
            // Not zero: the runtime itself allocates when it first meets or recompiles a method.
            if (GC.GetAllocatedBytesForCurrentThread() - before > 4096) Assert.Fail($"{told}: checking allocates");
            if (strict != SlowCbor.Accepts(data)) Assert.Fail($"{told}: strict says {strict}");
            if (lenient != SlowWellFormed.Accepts(data)) Assert.Fail($"{told}: lenient says {lenient}");
            if (strict && !lenient) Assert.Fail($"{told}: strict but not well-formed");
            if (strict && !data.AsSpan().SequenceEqual(CborDiagnostic.Copy(data))) Assert.Fail($"{told}: not copied");
            if (strict) accepted++;
            // Exceptions are slow: now and then is enough, since they are thrown on the same answer.
            if (!strict && turn % 64 == 0) Assert.Throws<CborException>(() => new CborReader(data));
            if (lenient && turn % 16 == 0) CborDiagnostic.Print(data, CborRules.Lenient);
        }
        // Both ends of the scale must have been tried in earnest.
        Assert.InRange(accepted, InputCount / 10, InputCount - (InputCount / 10));
    }

    private static byte[] Input(Prng prng)
    {
        if (prng.Below(4) == 0)
        {
            var noise = new byte[prng.Below(24)];
            for (var index = 0; index < noise.Length; index++) noise[index] = (byte)prng.Below(256);
            return noise;
        }
        List<byte> data = [];
        Item(prng, data, 0);
        for (var changes = prng.Below(3); changes > 0 && data.Count > 0; changes--) Change(prng, data);
        return [.. data];
    }

    private static void Change(Prng prng, List<byte> data)
    {
        var at = prng.Below(data.Count);
        switch (prng.Below(4))
        {
            case 0: data[at] = (byte)prng.Below(256); break;
            case 1: data[at] ^= (byte)(1 << prng.Below(8)); break;
            case 2: data.RemoveAt(at); break;
            default: data.Insert(at, (byte)prng.Below(256)); break;
        }
    }

    /// <summary>Mostly strict, now and then indefinite or too long.</summary>
    private static void Item(Prng prng, List<byte> data, int depth)
    {
        var major = prng.Below(depth < 4 ? 8 : 4);
        var indefinite = prng.Below(32) == 0;
        switch (major)
        {
            case 0 or 1:
                Head(prng, data, major, prng.Next() >> prng.Below(64));
                break;
            case 2 or 3:
                if (indefinite)
                {
                    data.Add((byte)((major << 5) | 31));
                    for (var chunks = prng.Below(3); chunks > 0; chunks--)
                        data.AddRange([(byte)((major << 5) | 1), 0x41]);
                    data.Add(0xff);
                    break;
                }
                var length = prng.Below(6);
                Head(prng, data, major, (ulong)length);
                for (; length > 0; length--) data.Add((byte)(major == 3 ? prng.Between(0x20, 0x7e) : prng.Below(256)));
                break;
            case 4 or 5:
                var count = prng.Below(4);
                if (indefinite) data.Add((byte)((major << 5) | 31));
                else Head(prng, data, major, (ulong)count);
                for (var pair = 0; pair < count; pair++)
                {
                    // Rising keys most of the time, or else hardly a map would be strict.
                    if (major == 5) data.Add((byte)((4 * pair) + prng.Below(5)));
                    Item(prng, data, depth + 1);
                }
                if (indefinite) data.Add(0xff);
                break;
            case 6:
                Head(prng, data, 6, prng.Next() >> prng.Below(64));
                Item(prng, data, depth + 1);
                break;
            default:
                Other(prng, data);
                break;
        }
    }

    private static void Other(Prng prng, List<byte> data)
    {
        var info = prng.Below(28);
        data.Add((byte)(0xe0 | info));
        var width = info < 24 ? 0 : 1 << (info - 24);
        // Few set bits, so that some floats have a shorter form.
        for (; width > 0; width--) data.Add((byte)(prng.Below(256) & prng.Below(256) & prng.Below(256)));
    }

    private static void Head(Prng prng, List<byte> data, int major, ulong number)
    {
        var width = number switch { < 24 => 0, <= 0xff => 1, <= 0xffff => 2, <= 0xffffffff => 4, _ => 8 };
        if (prng.Below(64) == 0) width = 8;
        data.Add((byte)((major << 5) | width switch { 0 => (int)number, 1 => 24, 2 => 25, 4 => 26, _ => 27 }));
        for (var shift = 8 * (width - 1); shift >= 0; shift -= 8) data.Add((byte)((number >> shift) & 0xff));
    }
}
