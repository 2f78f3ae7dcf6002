using System.Security.Cryptography;
using System.Text;
using Stun.Execution;
using Stun.Node.Gateway;
using Stun.Node.Secrets;

namespace Stun.Tests.Secrets;

public sealed class SealedTaskTests
{
    private static readonly SealedTask Seal = new(new byte[32], new byte[] { 4, 1, 2 });

    private static readonly TaskSpec Spec = OrderDesk.Read(new TaskForm
    {
        Image = "sha256:" + new string('a', 64),
        Command = ["cat", "/in/a"],
        Inputs = [new InputForm("a", "sha256:" + new string('1', 64), 5), new InputForm("seal", Zeros, 9)],
        Outputs = ["*.txt"],
        Verification = new VerificationForm { Kind = "none" },
        Resources = new ResourcesForm { MemoryMib = 512, DiskMib = 16 },
    }, new Address(1, 2, 3), 1, default).Spec;

    private static string Zeros => "sha256:" + new string('0', 64);

    [Fact]
    public void Inputs_are_bound_to_all_of_the_task_but_their_own_bytes()
    {
        var bound = Seal.Binding(Spec);
        BlobRef input = Spec.Inputs[0], seal = Spec.Inputs[1];
        var resealed = input with { Digest = new Digest(1, 2, 3, 4), Size = 7 };
        Assert.Equal(bound, Seal.Binding(Spec with { Inputs = [resealed, seal] }));
        TaskSpec[] others =
        [
            Spec with { Work = new Work.Image(new Digest(1, 2, 3, 4), "") },
            Spec with { Command = ["cat", "/in/b"] },
            Spec with { Outputs = ["*"] },
            Spec with { Inputs = [input with { Name = "b" }, seal] },
            Spec with { Inputs = [input, input with { Name = "b" }, seal] },
            Spec with { Policy = RequesterPolicy.Open with { ProvidersAllowed = [new Address(9, 9, 9)] } },
            Spec with { Verification = new VerificationPolicy.TeeQuote(new Digest(1, 1, 1, 1)) },
        ];
        foreach (var other in others) Assert.NotEqual(bound, Seal.Binding(other));
        Assert.NotEqual(bound, (Seal with { Request = Enumerable.Repeat((byte)1, 32).ToArray() }).Binding(Spec));
    }

    [Fact]
    public void What_says_how_inputs_are_sealed_is_read_strictly()
    {
        var read = SealedTask.Parse(Seal.Encode());
        Assert.Equal(Seal.Request.ToArray(), read.Request.ToArray());
        Assert.Equal(Seal.ReplyKey.ToArray(), read.ReplyKey.ToArray());
        var good = Encoding.UTF8.GetString(Seal.Encode());
        foreach (var bad in (string[])
            ["", "null", "[]", good[..^1], good.Replace("request", "Request", StringComparison.Ordinal),
                good.Replace("00", "0", StringComparison.Ordinal),
                good.Replace("00\"", "zz\"", StringComparison.Ordinal),
                good.Insert(1, "\"more\":1,"), good.Insert(1, "\"request\":\"00\",")])
            Assert.Equal("secret.seal-invalid",
                Assert.Throws<ExecutionException>(() => SealedTask.Parse(Encoding.UTF8.GetBytes(bad))).Code);
    }

    [Fact]
    public void The_list_of_outputs_is_of_all_of_them_and_of_no_other()
    {
        ResultFile one = new("a", new Digest(1, 0, 0, 0), 1), two = new("b", new Digest(2, 0, 0, 0), 1);
        var list = new SealedOutputs([one, two]).Encode();
        (string, string) First(Digest digest) => ("a", $"sha256:{digest}");
        (string, string) second = ("b", $"sha256:{two.Digest}");
        Assert.True(SealedOutputs.Are(list, [First(one.Digest), second]));
        Assert.True(SealedOutputs.Are(list, [second, First(one.Digest)]));
        Assert.False(SealedOutputs.Are(list, [second]));
        Assert.False(SealedOutputs.Are(list, [First(two.Digest), second]));
        Assert.False(SealedOutputs.Are(list, [First(one.Digest), second, ("c", second.Item2)]));
        Assert.False(SealedOutputs.Are("null"u8, []));
        Assert.False(SealedOutputs.Are("{"u8, []));
    }

    [Fact]
    public void Each_use_of_evidence_has_a_nonce_that_no_other_use_has()
    {
        Address one = new(1, 2, 3), other = new(1, 2, 4);
        Digest spec = new(1, 0, 0, 0), result = new(2, 0, 0, 0);
        var task = new TaskId(5, 6);
        byte[][] nonces =
        [
            EvidenceNonce.ForRequest(one, new byte[32]), EvidenceNonce.ForRequest(other, new byte[32]),
            EvidenceNonce.ForRequest(one, new byte[33]),
            EvidenceNonce.ForRequest(one, EvidenceNonce.ForOffer(one, default)),
            EvidenceNonce.ForOffer(one, new OfferId(1)), EvidenceNonce.ForOffer(one, new OfferId(2)),
            EvidenceNonce.ForOffer(other, new OfferId(1)),
            EvidenceNonce.ForReceipt(task, spec, result, one), EvidenceNonce.ForReceipt(task, spec, result, other),
            EvidenceNonce.ForReceipt(task, result, spec, one), EvidenceNonce.ForReceipt(task, spec, spec, one),
            EvidenceNonce.ForReceipt(new TaskId(6, 5), spec, result, one),
        ];
        Assert.Equal(nonces.Length, nonces.Select(Convert.ToHexString).Distinct().Count());
        Assert.All(nonces, nonce => Assert.Equal(SHA256.HashSizeInBytes, nonce.Length));
    }

    [Theory]
    [InlineData("audit", 512U, "verification.kind")]
    [InlineData("redundant", 512U, "verification.kind")]
    [InlineData("none", 60U, "resources.memory_mib")]
    [InlineData("none", 512U, "resources.memory_mib", 0U)]
    public void An_order_whose_sealed_inputs_could_not_be_run_is_refused_at_the_door(
        string verification, uint memory, string place, uint disk = 16)
    {
        var form = new TaskForm
        {
            Image = "sha256:" + new string('a', 64),
            Inputs = [new InputForm("seal", "sha256:" + new string('1', 64), 9)],
            Verification = new VerificationForm { Kind = verification },
            Resources = new ResourcesForm { MemoryMib = memory, DiskMib = disk },
        };
        var refused = Assert.Throws<ApiException>(() => OrderDesk.Read(form, new Address(1, 2, 3), 1, default));
        Assert.Contains(refused.Faults, fault => fault.Path == place);
    }
}
