using System.Numerics;
using Stun.Zk.Fields;
using Stun.Zk.Hashes;

namespace Stun.Tests.Zk.Hashes;

/// <summary>MiMC beside the answer that its other implementations publish.</summary>
public sealed class MimcTests
{
    [Fact]
    public void The_published_answer_is_given()
    {
        var expected = BigInteger.Parse(
            "0176c6eefc3fdf8d6136002d8e6f7a885bbd1c4e3957b93ddc1ec3ae7859f1a08",
            System.Globalization.NumberStyles.HexNumber);
        Assert.Equal(expected, Mimc7.Encrypt(Fr.FromUInt64(1), Fr.FromUInt64(2)).ToBigInteger());
    }

    /// <summary>As circomlibjs gives them.</summary>
    [Fact]
    public void A_value_and_a_list_have_the_hashes_of_circomlibjs()
    {
        Fr[] values = [Fr.FromUInt64(5), Fr.FromUInt64(6)];
        Assert.Equal("511389559663573019069071897189234248549682465399627224156206827060440453038",
            Mimc7.Encrypt(values[0], values[1]).ToString());
        Assert.Equal("9786618658805326257103507731137249778211868243053515421838693257583436040327",
            Mimc7.Hash(values, Fr.FromUInt64(7)).ToString());
    }
}
