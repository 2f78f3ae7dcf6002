using Stun.Zk.Fields;
using Stun.Zk.Hashes;

namespace Stun.Tests.Zk.Hashes;

/// <summary>Poseidon beside the answers that its other implementations publish.</summary>
public sealed class PoseidonTests
{
    private static readonly string[] OfRisingNumbers =
    [
        "18586133768512220936620570745912940619677854269274689475585506675881198879027",
        "7853200120776062878684798364095072458815029376092732009249414926327459813530",
        "6542985608222806190361240322586112750744169038454362455181422643027100751666",
        "18821383157269793795438455681495246036402687001665670618754263018637548127333",
        "6183221330272524995739186171720101788151706631170188140075976616310159254464",
        "20400040500897583745843009878988256314335038853985262692600694741116813247201",
        "12748163991115452309045839028154629052133952896122405799815156419278439301912",
        "18604317144381847857886385684060986177838410221561136253933256952257712543953",
        "13589767895268936107593642967621470491511464502761040466226072462545218539640",
        "3657500514307717306974218405144578736633140001277925127187636780142269815841",
        "3572015662710076994097916907865950486270383304442561406230608893458731714472",
        "2501997477381648492950318384533644783248002172679259592360114615426357826485",
        "7041832639553862712666971417715061873827921493498355005117622707743491651590",
        "8354478399926161176778659061636406690034081872658507739535256090879947077494",
        "4203130618016961831408770638653325366880478848856764494148034853759773445968",
        "9989051620750914585850546081941653841776809718687451684622678807385399211877",
    ];

    [Theory]
    [InlineData("1", "18586133768512220936620570745912940619677854269274689475585506675881198879027")]
    [InlineData("1 2", "7853200120776062878684798364095072458815029376092732009249414926327459813530")]
    [InlineData("1 2 0 0 0", "1018317224307729531995786483840663576608797660851238720571059489595066344487")]
    [InlineData("1 2 3 4", "18821383157269793795438455681495246036402687001665670618754263018637548127333")]
    [InlineData("3 4 0 0 0", "5811595552068139067952687508729883632420015185677766880877743348592482390548")]
    [InlineData("1 2 3 4 5 6", "20400040500897583745843009878988256314335038853985262692600694741116813247201")]
    [InlineData("1 2 3 4 5 6 7 8 9 10 11 12 13 14",
        "8354478399926161176778659061636406690034081872658507739535256090879947077494")]
    [InlineData("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
        "9989051620750914585850546081941653841776809718687451684622678807385399211877")]
    public void Published_answers_are_given(string values, string hash) =>
        Assert.Equal(hash, Poseidon.Hash([.. values.Split(' ').Select(Number)]).ToString());

    /// <summary>Of 1, of 1 and 2, and so on to sixteen values, as circomlibjs gives them.</summary>
    [Fact]
    public void Every_arity_has_the_hash_that_circomlibjs_gives()
    {
        Fr[] values = [.. Enumerable.Range(1, OfRisingNumbers.Length).Select(i => Fr.FromUInt64((ulong)i))];
        for (var arity = 1; arity <= OfRisingNumbers.Length; arity++)
            Assert.Equal(OfRisingNumbers[arity - 1], Poseidon.Hash(values.AsSpan(0, arity)).ToString());
    }

    [Fact]
    public void The_first_numbers_of_width_three_are_the_published_ones()
    {
        var parameters = PoseidonParameters.ForArity(2);
        Assert.Equal("0ee9a592ba9a9518d05986d656f40c2114c4993c11bb29938d21d47304cd8e6e", Hex(parameters.Constants[0]));
        Assert.Equal("109b7f411ba0e4c9b2b70caf5c36a7b194be7c11ad24378bfedb68592ba8118b", Hex(parameters.Matrix[0]));
    }

    [Fact]
    public void Lists_that_differ_by_trailing_zeros_have_different_hashes()
    {
        Fr[][] lists = [[], [Fr.Zero], [Fr.Zero, Fr.Zero], [.. Enumerable.Repeat(Fr.Zero, 15)],
            [.. Enumerable.Repeat(Fr.Zero, 16)], [.. Enumerable.Repeat(Fr.Zero, 31)]];
        Assert.Equal(lists.Length, lists.Select(list => Poseidon.HashList(list)).Distinct().Count());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    public void What_one_permutation_cannot_take_is_refused(int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Poseidon.Hash(new Fr[count]));

    private static Fr Number(string text)
    {
        Assert.True(Fr.TryParse(text, out var value));
        return value;
    }

    private static string Hex(Fr value)
    {
        var bytes = new byte[Fr.ByteCount];
        value.WriteBigEndian(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
