using System.Globalization;
using System.Text.Json;
using Stun.Chain.Evm;
using Stun.Engine.Settlement;

namespace Stun.Tests.Settlement;

/// <summary>
/// contracts/spec/vectors are made by a third implementation, in JavaScript; the contracts are held to them as well.
/// </summary>
public sealed class ContractVectorTests
{
    private static readonly JsonElement Vectors = JsonDocument.Parse(
        File.ReadAllText(Repository.PathOf("contracts/spec/vectors/settlement.json"))).RootElement;

    private static TypedDataDomain Domain
    {
        get
        {
            var domain = Vectors.GetProperty("domain");
            return new TypedDataDomain(
                domain.GetProperty("chainId").GetUInt64(), AddressOf(domain.GetProperty("verifyingContract")));
        }
    }

    private static TaskOrder Order
    {
        get
        {
            var order = Vectors.GetProperty("order").GetProperty("message");
            var spec = new TaskSpec(
                new Work.Image(default, ""), [], [], [], new Resources(1, GpuModel.Any, 0, 0, 1, 1, 1, [], 1),
                Privacy.None, new VerificationPolicy.None(), new Comparator.Bytes(), RequesterPolicy.Open);
            // To contracts a spec is its digest; of this one nothing else is known.
            spec.KeepDigest(DigestOf(order.GetProperty("spec")));
            return new TaskOrder(
                AddressOf(order.GetProperty("requester")), (ulong)Number(order.GetProperty("idempotencyKey")), spec,
                new Duration((long)Number(order.GetProperty("runTimeMax"))),
                new Amount(Number(order.GetProperty("priceLimit"))),
                new Instant((long)Number(order.GetProperty("deadline"))),
                (Priority)order.GetProperty("priority").GetByte(), AddressOf(order.GetProperty("modelCreator")),
                new Region((ulong)Number(order.GetProperty("home"))));
        }
    }

    private static Verdict Verdict
    {
        get
        {
            var verdict = Vectors.GetProperty("verdict").GetProperty("message");
            return new Verdict(
                TaskOf(verdict.GetProperty("task")), verdict.GetProperty("round").GetUInt16(),
                (Outcome)verdict.GetProperty("outcome").GetByte(), DigestOf(verdict.GetProperty("result")),
                [.. verdict.GetProperty("findings").EnumerateArray().Select(finding => new Finding(
                    new AttemptId((ulong)Number(finding.GetProperty("attempt"))),
                    AddressOf(finding.GetProperty("provider")), (Judgement)finding.GetProperty("judgement").GetByte(),
                    new Amount(Number(finding.GetProperty("pay")))))],
                verdict.GetProperty("cheatPassPpb").GetUInt32());
        }
    }

    [Fact]
    public void An_order_has_the_digests_and_the_task_of_the_vectors()
    {
        var known = Vectors.GetProperty("order");
        Assert.Equal(DigestOf(Vectors.GetProperty("domain").GetProperty("separator")), Domain.Separator);
        Assert.Equal(DigestOf(known.GetProperty("structHash")), TypedData.StructHash(Order));
        Assert.Equal(DigestOf(known.GetProperty("digest")), TypedData.Digest(Domain, Order));
        Assert.Equal(TaskOf(known.GetProperty("task")), TypedData.TaskIdOf(Domain, Order));
        RequireSigned(known);
    }

    [Fact]
    public void A_verdict_and_its_line_have_the_digests_of_the_vectors()
    {
        var known = Vectors.GetProperty("verdict");
        Assert.Equal(DigestOf(known.GetProperty("structHash")), TypedData.StructHash(Verdict));
        Assert.Equal(DigestOf(known.GetProperty("digest")), TypedData.Digest(Domain, Verdict));
        Assert.Equal(DigestOf(Vectors.GetProperty("line")), TypedData.LineOf(
            TypedData.TaskIdOf(Domain, Order), TypedData.StructHash(Order), TypedData.StructHash(Verdict)));
        RequireSigned(known);
    }

    [Fact]
    public void A_batch_has_the_digest_of_the_vectors()
    {
        var known = Vectors.GetProperty("batch");
        var batch = known.GetProperty("message");
        Assert.Equal(DigestOf(known.GetProperty("digest")), TypedData.Digest(Domain, new ChainBatch(
            (ulong)Number(batch.GetProperty("number")), DigestOf(batch.GetProperty("root")),
            batch.GetProperty("tasks").GetUInt32(), DigestOf(batch.GetProperty("moves")))));
    }

    [Fact]
    public void Moves_have_the_form_and_the_hash_of_the_vectors()
    {
        var known = Vectors.GetProperty("moves");
        var bytes = BytesOf(known.GetProperty("bytes"));
        ValueList<Digest> words = [.. bytes.Chunk(Digest.Size).Select(word => Digest.Read(word))];
        Assert.Equal(DigestOf(known.GetProperty("hash")), BatchMoves.HashOf(words));
        Assert.Equal(words.Count, 1 + (int)(words[0].A + words[0].B + words[0].C + (2 * words[0].D)));
        var batch = Vectors.GetProperty("batch").GetProperty("message");
        Assert.Equal(DigestOf(batch.GetProperty("moves")), BatchMoves.HashOf(words));
    }

    [Fact]
    public void Trees_have_the_roots_and_paths_of_the_vectors()
    {
        Digest[] items = [.. Vectors.GetProperty("items").EnumerateArray().Select(DigestOf)];
        var trees = Vectors.GetProperty("trees");
        Assert.Equal(items.Length, trees.GetArrayLength());
        foreach (var tree in trees.EnumerateArray())
        {
            var (count, index) = (tree.GetProperty("count").GetInt32(), tree.GetProperty("index").GetInt32());
            var root = DigestOf(tree.GetProperty("root"));
            ValueList<Digest> path = [.. tree.GetProperty("path").EnumerateArray().Select(DigestOf)];
            Assert.Equal(root, MerkleTree.Root(items.AsSpan(0, count)));
            Assert.Equal(path, MerkleTree.Prove(items.AsSpan(0, count), index));
            Assert.True(MerkleTree.Verify(root, items[index], index, count, path));
        }
    }

    [Fact]
    public void Pay_is_divided_as_in_the_vectors()
    {
        foreach (var known in Vectors.GetProperty("divisions").EnumerateArray())
        {
            var terms = Scenes.Scene.Terms with
            {
                TreasuryPpm = (uint)Number(known.GetProperty("treasuryPpm")),
                CreatorPpm = (uint)Number(known.GetProperty("creatorPpm")),
            };
            var pay = new Amount(Number(known.GetProperty("pay")));
            var verdict = new Verdict(
                new TaskId(1, 2), 0, Outcome.Complete, default,
                [new Finding(new AttemptId(1), Scenes.Scene.Provider(), Judgement.Paid, pay)], 0);
            var divided = Division.Of(
                terms, verdict.Task, Scenes.Scene.Requester(),
                known.GetProperty("hasCreator").GetBoolean() ? Scenes.Scene.Creator : Address.Zero, pay, verdict);
            Assert.Equal(Number(known.GetProperty("provider")), divided.Payouts.Aggregate(
                UInt128.Zero, (sum, payout) => sum + payout.Amount.Units));
            Assert.Equal(Number(known.GetProperty("treasury")), divided.Treasury.Units);
            Assert.Equal(Number(known.GetProperty("creator")), divided.Creator.Units);
        }
    }

    private static void RequireSigned(JsonElement known) => Assert.Equal(
        AddressOf(known.GetProperty("signer")),
        EvmKey.Recover(
            DigestOf(known.GetProperty("digest")), SignatureBytes.Read(BytesOf(known.GetProperty("signature")))));

    private static byte[] BytesOf(JsonElement hex) => Convert.FromHexString(hex.GetString()!.AsSpan(2));

    private static Digest DigestOf(JsonElement hex) => Digest.Read(BytesOf(hex));

    private static Address AddressOf(JsonElement hex) => Address.Read(BytesOf(hex));

    private static UInt128 Number(JsonElement text) =>
        UInt128.Parse(text.GetString()!, CultureInfo.InvariantCulture);

    /// <summary>The contracts keep 16 bytes in the upper half of a word.</summary>
    private static TaskId TaskOf(JsonElement hex)
    {
        var word = DigestOf(hex);
        Assert.Equal((0UL, 0UL), (word.C, word.D));
        return new TaskId(word.A, word.B);
    }
}
