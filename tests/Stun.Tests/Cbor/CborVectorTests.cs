using Stun.Cbor;

namespace Stun.Tests.Cbor;

/// <summary>RFC 8949, appendix A, in its order. Strings in chunks are printed joined, as they are read.</summary>
public sealed class CborVectorTests
{
    private const string OneToTwentyFive =
        "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25";

    public static TheoryData<string, string> Deterministic => new()
    {
        { "00", "0" },
        { "01", "1" },
        { "0a", "10" },
        { "17", "23" },
        { "1818", "24" },
        { "1819", "25" },
        { "1864", "100" },
        { "1903e8", "1000" },
        { "1a000f4240", "1000000" },
        { "1b000000e8d4a51000", "1000000000000" },
        { "1bffffffffffffffff", "18446744073709551615" },
        { "c249010000000000000000", "2(h'010000000000000000')" },
        { "3bffffffffffffffff", "-18446744073709551616" },
        { "c349010000000000000000", "3(h'010000000000000000')" },
        { "20", "-1" },
        { "29", "-10" },
        { "3863", "-100" },
        { "3903e7", "-1000" },
        { "f90000", "0.0" },
        { "f98000", "-0.0" },
        { "f93c00", "1.0" },
        { "fb3ff199999999999a", "1.1" },
        { "f93e00", "1.5" },
        { "f97bff", "65504.0" },
        { "fa47c35000", "100000.0" },
        { "fa7f7fffff", "3.4028234663852886E+38" },
        { "fb7e37e43c8800759c", "1E+300" },
        { "f90001", "5.960464477539063E-08" },
        { "f90400", "6.103515625E-05" },
        { "f9c400", "-4.0" },
        { "fbc010666666666666", "-4.1" },
        { "f97c00", "Infinity" },
        { "f97e00", "NaN" },
        { "f9fc00", "-Infinity" },
        { "f4", "false" },
        { "f5", "true" },
        { "f6", "null" },
        { "f7", "undefined" },
        { "f0", "simple(16)" },
        { "f8ff", "simple(255)" },
        { "c074323031332d30332d32315432303a30343a30305a", "0(\"2013-03-21T20:04:00Z\")" },
        { "c11a514b67b0", "1(1363896240)" },
        { "c1fb41d452d9ec200000", "1(1363896240.5)" },
        { "d74401020304", "23(h'01020304')" },
        { "d818456449455446", "24(h'6449455446')" },
        { "d82076687474703a2f2f7777772e6578616d706c652e636f6d", "32(\"http://www.example.com\")" },
        { "40", "h''" },
        { "4401020304", "h'01020304'" },
        { "60", "\"\"" },
        { "6161", "\"a\"" },
        { "6449455446", "\"IETF\"" },
        { "62225c", "\"\"\\\"" },
        { "62c3bc", "\"\u00fc\"" },
        { "63e6b0b4", "\"\u6c34\"" },
        { "64f0908591", "\"\ud800\udd51\"" },
        { "80", "[]" },
        { "83010203", "[1, 2, 3]" },
        { "8301820203820405", "[1, [2, 3], [4, 5]]" },
        { "98190102030405060708090a0b0c0d0e0f101112131415161718181819", $"[{OneToTwentyFive}]" },
        { "a0", "{}" },
        { "a201020304", "{1: 2, 3: 4}" },
        { "a26161016162820203", "{\"a\": 1, \"b\": [2, 3]}" },
        { "826161a161626163", "[\"a\", {\"b\": \"c\"}]" },
        {
            "a56161614161626142616361436164614461656145",
            "{\"a\": \"A\", \"b\": \"B\", \"c\": \"C\", \"d\": \"D\", \"e\": \"E\"}"
        },
    };

    public static TheoryData<string, string> OnlyWellFormed => new()
    {
        { "fa7f800000", "Infinity" },
        { "fa7fc00000", "NaN" },
        { "faff800000", "-Infinity" },
        { "fb7ff0000000000000", "Infinity" },
        { "fb7ff8000000000000", "NaN" },
        { "fbfff0000000000000", "-Infinity" },
        { "5f42010243030405ff", "h'0102030405'" },
        { "7f657374726561646d696e67ff", "\"streaming\"" },
        { "9fff", "[_ ]" },
        { "9f018202039f0405ffff", "[_ 1, [2, 3], [_ 4, 5]]" },
        { "9f01820203820405ff", "[_ 1, [2, 3], [4, 5]]" },
        { "83018202039f0405ff", "[1, [2, 3], [_ 4, 5]]" },
        { "83019f0203ff820405", "[1, [_ 2, 3], [4, 5]]" },
        { "9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff", $"[_ {OneToTwentyFive}]" },
        { "bf61610161629f0203ffff", "{_ \"a\": 1, \"b\": [_ 2, 3]}" },
        { "826161bf61626163ff", "[\"a\", {_ \"b\": \"c\"}]" },
        { "bf6346756ef563416d7421ff", "{_ \"Fun\": true, \"Amt\": -2}" },
    };

    [Theory]
    [MemberData(nameof(Deterministic))]
    public void A_deterministic_example_is_read_and_written_to_the_byte(string hex, string expected)
    {
        var data = Convert.FromHexString(hex);
        Assert.Equal(expected, CborDiagnostic.Print(data, CborRules.Strict));
        Assert.Equal(expected, CborDiagnostic.Print(data, CborRules.Lenient));
        Assert.Equal(data, CborDiagnostic.Copy(data));
        Assert.True(SlowCbor.Accepts(data));
    }

    [Theory]
    [MemberData(nameof(OnlyWellFormed))]
    public void Another_well_formed_example_is_read_leniently_and_refused_strictly(string hex, string expected)
    {
        var data = Convert.FromHexString(hex);
        Assert.Equal(expected, CborDiagnostic.Print(data, CborRules.Lenient));
        Assert.Throws<CborException>(() => new CborReader(data));
        Assert.False(SlowCbor.Accepts(data));
        Assert.True(SlowWellFormed.Accepts(data));
    }

    /// <summary>The examples of appendix F, and what strict rules refuse beyond them.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("18")]
    [InlineData("19")]
    [InlineData("1a")]
    [InlineData("1b")]
    [InlineData("1901")]
    [InlineData("1a0102")]
    [InlineData("1b01020304050607")]
    [InlineData("38")]
    [InlineData("58")]
    [InlineData("78")]
    [InlineData("98")]
    [InlineData("9a01ff00")]
    [InlineData("b8")]
    [InlineData("d8")]
    [InlineData("f8")]
    [InlineData("f900")]
    [InlineData("fa0000")]
    [InlineData("fb000000")]
    [InlineData("41")]
    [InlineData("61")]
    [InlineData("5affffffff00")]
    [InlineData("5bffffffffffffffff010203")]
    [InlineData("7affffffff00")]
    [InlineData("7b7fffffffffffffff010203")]
    [InlineData("81")]
    [InlineData("818181818181818181")]
    [InlineData("8200")]
    [InlineData("a1")]
    [InlineData("a20102")]
    [InlineData("a100")]
    [InlineData("a2000000")]
    [InlineData("c0")]
    [InlineData("5f4100")]
    [InlineData("7f6100")]
    [InlineData("9f")]
    [InlineData("9f0102")]
    [InlineData("bf")]
    [InlineData("bf01020102")]
    [InlineData("819f")]
    [InlineData("9f8000")]
    [InlineData("9f9f9f9f9fffffffff")]
    [InlineData("9f819f819f9fffffff")]
    [InlineData("1c")]
    [InlineData("1d")]
    [InlineData("1e")]
    [InlineData("3c")]
    [InlineData("5c")]
    [InlineData("7c")]
    [InlineData("9c")]
    [InlineData("bc")]
    [InlineData("dc")]
    [InlineData("fc")]
    [InlineData("fe")]
    [InlineData("f800")]
    [InlineData("f801")]
    [InlineData("f818")]
    [InlineData("f81f")]
    [InlineData("5f00ff")]
    [InlineData("5f21ff")]
    [InlineData("5f6100ff")]
    [InlineData("5f80ff")]
    [InlineData("5fa0ff")]
    [InlineData("5fc000ff")]
    [InlineData("5fe0ff")]
    [InlineData("7f4100ff")]
    [InlineData("5f5f4100ffff")]
    [InlineData("7f7f6100ffff")]
    [InlineData("ff")]
    [InlineData("81ff")]
    [InlineData("8200ff")]
    [InlineData("a1ff")]
    [InlineData("a1ff00")]
    [InlineData("a100ff")]
    [InlineData("a20000ff")]
    [InlineData("9f81ff")]
    [InlineData("9f829f819f9fffffffff")]
    [InlineData("bf00ff")]
    [InlineData("bf000000ff")]
    [InlineData("c0ff")]
    [InlineData("1f")]
    [InlineData("3f")]
    [InlineData("df")]
    [InlineData("0000")]
    [InlineData("61ff")]
    [InlineData("62c328")]
    [InlineData("63eda080")]
    public void What_is_not_well_formed_is_refused_by_both_rules(string hex)
    {
        var data = Convert.FromHexString(hex);
        Assert.Throws<CborException>(() => new CborReader(data));
        Assert.Throws<CborException>(() => new CborReader(data, CborRules.Lenient));
        Assert.False(CborReader.Accepts(data, CborRules.Lenient));
        Assert.False(SlowWellFormed.Accepts(data));
        Assert.False(SlowCbor.Accepts(data));
    }
}
