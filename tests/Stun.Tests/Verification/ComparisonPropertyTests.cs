using System.Text;
using Stun.Engine.Verification;

namespace Stun.Tests.Verification;

public sealed class ComparisonPropertyTests
{
    private static readonly Comparator[] Comparators =
    [
        new Comparator.Bytes(),
        new Comparator.Json(),
        new Comparator.NumericTolerance(1, -3, 1_000_000),
        new Comparator.Histogram(50_000),
    ];

    private static readonly string[] Samples =
    [
        "{\"edges\":[0,1,2.5],\"counts\":[10,2e1]}",
        "{\"a\":[1.0,-2e-3,true,null,\"x\\u00e9\"],\"b\":{\"c\":{}}}",
        "loss = 0.125, step 10, at 2024-01-02, NaN",
        "[[[1]]]",
        "-0.0",
    ];

    [Fact]
    public void Every_comparator_is_reflexive_and_symmetric_on_whatever_it_is_given()
    {
        const ulong seed = 31_337;
        var prng = new Prng(seed);
        var sameCount = 0;
        for (var turn = 0; turn < 50_000; turn++)
        {
            var sample = Encoding.UTF8.GetBytes(Samples[prng.Below(Samples.Length)]);
            var (left, right) = (Changed(sample, prng), Changed(sample, prng));
            foreach (var comparator in Comparators)
            {
                var same = Comparison.Same(comparator, left, right);
                var told = $"seed {seed}, turn {turn}, {comparator}: {Text(left)} | {Text(right)}";
                if (same != Comparison.Same(comparator, right, left)) Assert.Fail($"{told}: not symmetric");
                if (!Comparison.Same(comparator, left, [.. left])) Assert.Fail($"{told}: not reflexive");
                if (same && !left.AsSpan().SequenceEqual(right)) sameCount++;
            }
        }
        Assert.True(sameCount > 100, "Hardly a pair was the same and not equal: the samples test nothing.");
    }

    [Fact]
    public void No_comparator_accepts_another_result_altogether()
    {
        for (var left = 0; left < Samples.Length; left++)
            for (var right = 0; right < Samples.Length; right++)
                foreach (var comparator in Comparators)
                    Assert.Equal(left == right, Comparison.Same(
                        comparator, Encoding.UTF8.GetBytes(Samples[left]), Encoding.UTF8.GetBytes(Samples[right])));
    }

    private static string Text(byte[] bytes) => Encoding.Latin1.GetString(bytes);

    private static byte[] Changed(byte[] sample, Prng prng)
    {
        const string alphabet = "0123456789.eE+- {}[]\":,\\u";
        List<byte> data = [.. sample];
        for (var changes = prng.Below(3); changes > 0; changes--)
        {
            var at = prng.Below(data.Count);
            var character = prng.Below(8) == 0 ? (byte)prng.Below(256) : (byte)alphabet[prng.Below(alphabet.Length)];
            switch (prng.Below(3))
            {
                case 0: data[at] = character; break;
                case 1: data.Insert(at, character); break;
                default: data.RemoveAt(at); break;
            }
        }
        return [.. data];
    }
}
