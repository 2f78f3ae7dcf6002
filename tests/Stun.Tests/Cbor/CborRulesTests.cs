using Stun.Cbor;

namespace Stun.Tests.Cbor;

public sealed class CborRulesTests
{
    [Theory]
    [InlineData("1817", "shortest")]
    [InlineData("190017", "shortest")]
    [InlineData("1900ff", "shortest")]
    [InlineData("1a0000ffff", "shortest")]
    [InlineData("1b00000000ffffffff", "shortest")]
    [InlineData("3817", "shortest")]
    [InlineData("580101", "shortest")]
    [InlineData("980100", "shortest")]
    [InlineData("d80100", "shortest")]
    [InlineData("fa3f800000", "shortest")]
    [InlineData("fb3ff0000000000000", "shortest")]
    [InlineData("fb36a0000000000000", "shortest")]
    [InlineData("fb3e70000000000000", "shortest")]
    [InlineData("5fff", "indefinite")]
    [InlineData("9fff", "indefinite")]
    [InlineData("a202000100", "order")]
    [InlineData("a201000100", "order")]
    [InlineData("a218200000 00", "order")]
    [InlineData("a2616200616100", "order")]
    [InlineData("a261626161616100", "order")]
    public void Strict_rules_name_what_they_refuse(string hex, string expected)
    {
        var data = Convert.FromHexString(hex.Replace(" ", ""));
        var refusal = Assert.Throws<CborException>(() => new CborReader(data));
        Assert.Contains(expected, refusal.Message);
        Assert.True(CborReader.Accepts(data, CborRules.Lenient));
        Assert.False(SlowCbor.Accepts(data));
    }

    [Fact]
    public void A_count_beyond_the_data_is_refused_before_anything_is_allocated()
    {
        byte[] array = [0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        CborReader.Accepts(array);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var accepted = CborReader.Accepts(array) || CborReader.Accepts(array, CborRules.Lenient);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.False(accepted);
    }

    [Theory]
    [InlineData(0x81)]
    [InlineData(0xc1)]
    [InlineData(0x9f)]
    public void Deep_nesting_is_refused_and_not_followed(byte opening)
    {
        var data = new byte[1_000_000];
        data.AsSpan().Fill(opening);
        var refusal = Assert.Throws<CborException>(() => new CborReader(data, CborRules.Lenient));
        Assert.Contains("deep", refusal.Message);
        Assert.Equal(CborLimits.DepthMax, refusal.Offset);
    }

    [Fact]
    public void Sixty_four_levels_are_accepted_and_written()
    {
        var data = new byte[CborLimits.DepthMax + 1];
        data.AsSpan().Fill(0x81);
        data[^1] = 0;
        Assert.Equal(data, CborDiagnostic.Copy(data));
        Assert.False(CborReader.Accepts([0x81, .. data]));
    }

    [Fact]
    public void A_writer_refuses_keys_out_of_order_and_unfinished_items()
    {
        var writer = new CborWriter();
        writer.WriteMapStart(2);
        writer.WriteUInt64(2);
        writer.WriteNull();
        Assert.Throws<CborException>(() => writer.WriteUInt64(1));

        writer.Reset();
        writer.WriteArrayStart(2);
        writer.WriteNull();
        Assert.Throws<CborException>(() => writer.ToArray());
        Assert.Throws<CborException>(() => writer.WriteText("\ud800"));
    }

    [Fact]
    public void A_map_within_a_key_is_ordered_by_its_bytes()
    {
        // {{1: 2}: 0, {1: 3}: 0}: the second key is greater in its last byte only.
        var data = Convert.FromHexString("a2a1010200a1010300");
        Assert.Equal(data, CborDiagnostic.Copy(data));
        Assert.False(CborReader.Accepts(Convert.FromHexString("a2a1010300a1010200")));
    }

    [Fact]
    public void Items_are_skipped_whole()
    {
        var data = Convert.FromHexString("83a2018202039f9fffff0006f4".Replace("9f9fffff", "8180"));
        var reader = new CborReader(data);
        Assert.Equal(3, reader.ReadArrayStart());
        reader.SkipItem();
        Assert.Equal(6ul, reader.ReadUInt64());
        reader.SkipItem();
        Assert.Equal(CborKind.End, reader.Peek());
    }

    [Fact]
    public void Lenient_items_of_indefinite_length_are_skipped_whole()
    {
        var reader = new CborReader(Convert.FromHexString("829f9f5f4101ffffbf0102ffff07"), CborRules.Lenient);
        reader.ReadArrayStart();
        reader.SkipItem();
        Assert.Equal(7ul, reader.ReadUInt64());
    }

    [Fact]
    public void Reading_another_type_than_there_is_says_where()
    {
        var refusal = Assert.Throws<CborException>(() =>
        {
            var reader = new CborReader(Convert.FromHexString("820161 61".Replace(" ", "")));
            reader.ReadArrayStart();
            reader.ReadUInt64();
            reader.ReadUInt64();
        });
        Assert.Equal(2, refusal.Offset);
        Assert.Contains("unsigned", refusal.Message);
    }

    [Fact]
    public void Every_half_float_comes_back_from_its_wider_forms()
    {
        for (var bits = 0u; bits <= ushort.MaxValue; bits++)
        {
            var number = new CborFloat(bits, 16);
            var value = BitConverter.UInt16BitsToHalf((ushort)bits);
            Assert.Equal(number, number.Shortest());
            if (Half.IsNaN(value)) continue;
            Assert.Equal(number, new CborFloat(BitConverter.SingleToUInt32Bits((float)value), 32).Shortest());
            Assert.Equal(number, new CborFloat(BitConverter.DoubleToUInt64Bits((double)value), 64).Shortest());
        }
    }

    [Fact]
    public void Bignums_are_used_only_beyond_64_bits()
    {
        UInt128[] values = [0, ulong.MaxValue, UInt128.One << 64, (UInt128.One << 72) - 1, UInt128.MaxValue];
        foreach (var value in values)
        {
            var writer = new CborWriter();
            writer.WriteUInt128(value);
            Assert.Equal(value > ulong.MaxValue, writer.Written[0] == 0xc2);
            Assert.Equal(value, new CborReader(writer.Written).ReadUInt128());
        }
        foreach (var bad in (string[])["c24101", "c248ffffffffffffffff", "c24900ffffffffffffffff", "c340"])
            Assert.Throws<CborException>(() => new CborReader(Convert.FromHexString(bad)).ReadUInt128());
    }
}
