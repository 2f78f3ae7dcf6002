using System.Diagnostics;
using System.Text;
using Stun.Engine.Verification;

namespace Stun.Tests.Verification;

public sealed class ComparisonTests
{
    private static readonly Comparator Bytes = new Comparator.Bytes();
    private static readonly Comparator Json = new Comparator.Json();

    [Fact]
    public void Bytes_are_the_same_only_if_they_are()
    {
        Assert.True(Same(Bytes, "", ""));
        Assert.True(Same(Bytes, "abc", "abc"));
        Assert.False(Same(Bytes, "abc", "abd"));
        Assert.False(Same(Bytes, "abc", "abc "));
    }

    [Theory]
    [InlineData("{\"a\": 1, \"b\": [true, null]}", "{\"b\":[true,null],\"a\":1.0}")]
    [InlineData("1.0", "1e0")]
    [InlineData("100", "1E+2")]
    [InlineData("0.00120", "12e-4")]
    [InlineData("-0.0", "0")]
    [InlineData("0e999999999999999999999999", "0")]
    [InlineData("123456789012345678901234567890.5", "1234567890123456789012345678905e-1")]
    [InlineData("1e1000000000000", "10e999999999999")]
    [InlineData("\"\\u0041\\n\"", "\"A\\u000a\"")]
    [InlineData("{\"\\u0061\": {}}", " {\"a\" : { } } ")]
    [InlineData("[1e99999999999999999999]", "[ 1e99999999999999999999 ]")]
    public void Json_is_the_same_by_value(string left, string right) => Both(true, Json, left, right);

    [Theory]
    [InlineData("{\"a\": 1}", "{\"a\": 2}")]
    [InlineData("{\"a\": 1}", "{\"b\": 1}")]
    [InlineData("{\"a\": 1}", "{\"a\": 1, \"b\": 1}")]
    [InlineData("[1, 2]", "[2, 1]")]
    [InlineData("1", "1.0000000000000000000000000000000000000001")]
    [InlineData("1", "-1")]
    [InlineData("1", "\"1\"")]
    [InlineData("true", "false")]
    [InlineData("null", "{}")]
    [InlineData("[]", "{}")]
    [InlineData("[[]]", "[]")]
    [InlineData("\"a\"", "\"A\"")]
    [InlineData("1e99999999999999999999", "10e99999999999999999998")]
    // Not JSON, or not one value: only equal bytes are the same.
    [InlineData("{\"a\":1,\"a\":1}", "{\"a\":1, \"a\":1}")]
    [InlineData("{\"a\":1,\"\\u0061\":1}", "{\"a\":1}")]
    [InlineData("1 2", "1  2")]
    [InlineData("[1,]", "[1, ]")]
    [InlineData("[1] // x", "[1]")]
    [InlineData("NaN", " NaN")]
    [InlineData("01", "1")]
    [InlineData("\"\\ud800\"", " \"\\ud800\"")]
    [InlineData("", " ")]
    public void Json_of_another_value_is_refused(string left, string right) => Both(false, Json, left, right);

    [Fact]
    public void Json_that_is_not_utf8_is_no_json() =>
        Assert.False(Comparison.Same(Json, [0x22, 0xff, 0x22], [0x20, 0x22, 0xff, 0x22]));

    [Theory]
    [InlineData(1, -2, 0, "1.00", "1.01")]
    [InlineData(1, -2, 0, "x = -0.0;", "x = 0.01;")]
    [InlineData(0, 0, 1_000, "1000000", "1000001")]
    [InlineData(0, 0, 1_000, "1e-300", "1.000001e-300")]
    [InlineData(0, 0, 0, "1e-5", "0.00001")]
    [InlineData(0, 0, 0, "loss 1.50 after 10 steps", "loss 1.5 after 1e1 steps")]
    [InlineData(5, 0, 0, "[1, 2, 3]", "[6, 7, -2]")]
    [InlineData(1, 127, 0, "1e126", "-1e126")]
    [InlineData(1, -128, 0, "1e-128", "0")]
    [InlineData(1, 0, 0, ".5", "+1.5")]
    public void Numbers_within_the_tolerance_are_the_same(
        ulong units, sbyte exponent, uint relativePpb, string left, string right) =>
        Both(true, new Comparator.NumericTolerance(units, exponent, relativePpb), left, right);

    [Theory]
    [InlineData(1, -2, 0, "1.00", "1.0100000000000000000000000000000001")]
    [InlineData(0, 0, 1_000, "1000000", "1000002")]
    [InlineData(0, 0, 999_999_999, "0", "1e-300")]
    [InlineData(0, 0, 999_999_999, "1", "-1")]
    [InlineData(9, 9, 9, "NaN", "0")]
    [InlineData(9, 9, 9, "inf", "1")]
    [InlineData(9, 9, 9, "nan", "NaN")]
    [InlineData(9, 9, 9, "run7", "run8")]
    [InlineData(9, 9, 9, "2024-01-02", "2024-01-03")]
    [InlineData(9, 9, 9, "v1.2.3", "v1.2.4")]
    [InlineData(9, 9, 9, "0x10", "0x11")]
    [InlineData(9, 9, 9, "1 m", "1 s")]
    [InlineData(9, 9, 9, "1, 2", "1,2")]
    [InlineData(9, 9, 9, "1", "1 1")]
    [InlineData(9, 9, 9, "1", "")]
    [InlineData(9, 9, 9, "1", "one")]
    [InlineData(9, 9, 9, "1\u00e9", "2\u00e9")]
    [InlineData(9, 9, 9, "1e", "2e")]
    [InlineData(9, 9, 9, ".", "1")]
    [InlineData(9, 9, 9, "1e500", "2e500")]
    [InlineData(9, 9, 9, "1e-9999999999", "2e-9999999999")]
    [InlineData(9, 9, 9, "1e99999999999999999999999", "2e99999999999999999999999")]
    public void Numbers_beyond_the_tolerance_and_other_texts_are_refused(
        ulong units, sbyte exponent, uint relativePpb, string left, string right) =>
        Both(false, new Comparator.NumericTolerance(units, exponent, relativePpb), left, right);

    [Fact]
    public void Random_numbers_are_judged_as_exact_fractions_judge_them()
    {
        const ulong seed = 99;
        var prng = new Prng(seed);
        var sameCount = 0;
        for (var turn = 0; turn < 100_000; turn++)
        {
            var tolerance = new Comparator.NumericTolerance(
                (ulong)prng.Below(50), (sbyte)prng.Between(-4, 1), (uint)prng.Below(200_000_000));
            var left = Fraction.Random(prng);
            var right = prng.Below(2) == 0 ? Fraction.Random(prng) : left.Near(prng);
            var expected = left.Within(right, tolerance);
            if (expected) sameCount++;
            if (Same(tolerance, left.Spelled(prng), right.Spelled(prng)) != expected)
                Assert.Fail($"seed {seed}, turn {turn}: {left} and {right} under {tolerance} are {expected}");
        }
        Assert.InRange(sameCount, 10_000, 90_000);
    }

    /// <summary>Thousandths: small enough for plain integers, which is another way than the comparator's.</summary>
    private readonly record struct Fraction(long Thousandths)
    {
        public static Fraction Random(Prng prng) => new(prng.Between(-20_000, 20_000));

        public Fraction Near(Prng prng) => new(Thousandths + prng.Between(-100, 100));

        public bool Within(Fraction other, Comparator.NumericTolerance tolerance)
        {
            // In units of 10^-4.
            var apart = (Int128)10 * Math.Abs(Thousandths - other.Thousandths);
            var larger = (Int128)10 * Math.Max(Math.Abs(Thousandths), Math.Abs(other.Thousandths));
            Int128 absolute = tolerance.AbsoluteUnits;
            for (var power = -4; power < tolerance.AbsoluteExponent; power++) absolute *= 10;
            return apart <= absolute || apart * 1_000_000_000 <= larger * tolerance.RelativePpb;
        }

        public string Spelled(Prng prng)
        {
            var plain = (Thousandths / 1000m).ToString("0.000");
            return prng.Below(4) switch
            {
                0 => $"x = {plain},",
                1 => $"x = {Thousandths}e-3,",
                2 => $"x = {Thousandths}0.00E-4,",
                _ => $"x = {plain}00e+0,",
            };
        }
    }

    private static bool Same(Comparator comparator, string left, string right) =>
        Comparison.Same(comparator, Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right));

    private static void Both(bool expected, Comparator comparator, string left, string right)
    {
        Assert.Equal(expected, Same(comparator, left, right));
        Assert.Equal(expected, Same(comparator, right, left));
        Assert.True(Same(comparator, left, left));
    }

    public static TheoryData<string, string, string> Attacks => new()
    {
        { "json", Deep('[', ']', 100_000), Deep('[', ']', 100_000) + " " },
        { "json", "[" + new string('1', 4_000_000) + "]", "[" + new string('1', 4_000_000) + ".0]" },
        { "json", "[1e" + new string('9', 4_000_000) + "]", "[1e" + new string('9', 3_999_999) + "8]" },
        { "json", ManyMembers(200_000, rising: true), ManyMembers(200_000, rising: false) + " " },
        { "number", new string('1', 4_000_000), new string('1', 3_999_999) + "2" },
        { "number", "1e" + new string('9', 4_000_000), "2e" + new string('9', 4_000_000) },
        { "number", "0." + new string('0', 4_000_000) + "1", "0." + new string('0', 4_000_000) + "2" },
        { "number", Repeat("1e399 0 ", 100_000), Repeat("1e399 1e-1099 ", 100_000) },
        { "number", Repeat("1e-1099 ", 100_000), Repeat("2e-1099 ", 100_000) },
        { "number", new string('-', 4_000_000), new string('-', 4_000_000) + "1" },
        { "histogram", "{\"edges\":" + Deep('[', ']', 100_000), "{" },
        { "histogram", Bins("1e60"), Bins("2e-60") },
        { "histogram", Bins(new string('9', 30)), Bins(new string('8', 30)) },
    };

    [Theory]
    [MemberData(nameof(Attacks), DisableDiscoveryEnumeration = true)]
    public void Results_made_to_be_slow_are_judged_in_bounded_time(string kind, string left, string right)
    {
        Comparator comparator = kind switch
        {
            "json" => Json,
            "number" => new Comparator.NumericTolerance(1, 0, 1000),
            _ => new Comparator.Histogram(1000),
        };
        var watch = Stopwatch.StartNew();
        Same(comparator, left, right);
        // Generous: some megabytes on a busy machine. What it catches is quadratic.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"took {watch.Elapsed}");
    }

    [Fact]
    public void What_is_too_large_to_compare_is_compared_by_bytes()
    {
        var large = new byte[Comparison.SizeMax + 1];
        large.AsSpan().Fill((byte)' ');
        large[^1] = (byte)'1';
        Assert.True(Comparison.Same(Json, large, large));
        Assert.False(Comparison.Same(Json, large, "1"u8));
    }

    private static string Deep(char opening, char closing, int depth) =>
        new string(opening, depth) + new string(closing, depth);

    private static string Repeat(string text, int count) => new StringBuilder().Insert(0, text, count).ToString();

    private static string ManyMembers(int count, bool rising) => "{" + string.Join(
        ",", Enumerable.Range(0, count).Select(index => $"\"m{(rising ? index : count - 1 - index):d8}\":1")) + "}";

    private static string Bins(string count) =>
        $"{{\"edges\":[{string.Join(",", Enumerable.Range(0, 20_001))}],"
        + $"\"counts\":[{string.Join(",", Enumerable.Range(0, 20_000).Select(bin => bin % 2 == 0 ? count : "1"))}]}}";
}
