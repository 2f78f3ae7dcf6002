using System.Security.Cryptography;
using Stun.Tee;
using Stun.Tee.Checks;
using Stun.Tee.Release;
using Stun.Tee.Software;
using Stun.Tests.Tee.Makers;

namespace Stun.Tests.Tee;

/// <summary>
/// Secrets go to keys that evidence names, and nowhere else; what is sealed opens whole or not at all.
/// </summary>
public sealed class ReleaseTests
{
    private static byte[] Hex(string text) => Convert.FromHexString(text);

    /// <summary>RFC 9180, A.3.1: P-256, HKDF-SHA256, AES-128-GCM; the same code with another length of key.</summary>
    [Fact]
    public void The_vectors_of_the_standard_come_out()
    {
        var info = Hex("4f6465206f6e2061204772656369616e2055726e");
        using var ephemeral = Key("4995788ef4b9d6132b249ce59a77281493eb39af373d236a1fe415cb0c2d7beb");
        using var recipient = Key("f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2");
        var point = Hpke.PointOf(recipient);
        Assert.Equal("04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a"
            + "826a779b4cf969b8a0e539c7f62fb3d30ad6aa8f80e30f1d128aafd68a2ce72ea0", Convert.ToHexStringLower(point));
        var (encapsulated, sender) = Hpke.Send(point, info, ephemeral, Hpke.Aes128);
        using var receiver = Hpke.Receive(encapsulated, recipient, info, Hpke.Aes128);
        var text = Hex("4265617574792069732074727574682c20747275746820626561757479");
        string[] expected =
        [
            "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434",
            "fa6f037b47fc21826b610172ca9637e82d6e5801eb31cbd3748271affd4ecb06646e0329cbdf3c3cd655b28e82",
        ];
        for (var number = 0; number < expected.Length; number++)
        {
            var associated = System.Text.Encoding.ASCII.GetBytes($"Count-{number}");
            var box = sender.Seal(text, associated);
            Assert.Equal(expected[number], Convert.ToHexStringLower(box));
            Assert.Equal(text, receiver.Open(box, associated));
        }
        Assert.Equal("5e9bc3d236e1911d95e65b576a8a86d478fb827e8bdfe77b741b289890490d4d",
            Convert.ToHexStringLower(sender.Export([], 32)));
        Assert.Equal("d8f1ea7942adbba7412c6d431c62d01371ea476b823eb697e1f6e6cae1dab85a",
            Convert.ToHexStringLower(receiver.Export("TestContext"u8, 32)));
        sender.Dispose();
    }

    /// <summary>RFC 9180, A.3.2: the same with a secret that both have before.</summary>
    [Fact]
    public void The_vectors_of_the_standard_with_a_shared_secret_come_out()
    {
        var info = Hex("4f6465206f6e2061204772656369616e2055726e");
        using var ephemeral = Key("57427244f6cc016cddf1c19c8973b4060aa13579b4c067fd5d93a5d74e32a90f");
        using var recipient = Key("438d8bcef33b89e0e9ae5eb0957c353c25a94584b0dd59c991372a75b43cb661");
        var shared = new SharedSecret(
            Hex("0247fd33b913760fa1fa51e1892d9f307fbe65eb171e8132c2af18555a738b82"),
            Hex("456e6e796e20447572696e206172616e204d6f726961"));
        var (encapsulated, sender) = Hpke.Send(Hpke.PointOf(recipient), info, ephemeral, Hpke.Aes128, shared);
        using var receiver = Hpke.Receive(encapsulated, recipient, info, Hpke.Aes128, shared);
        var text = Hex("4265617574792069732074727574682c20747275746820626561757479");
        string[] expected =
        [
            "90c4deb5b75318530194e4bb62f890b019b1397bbf9d0d6eb918890e1fb2be1ac2603193b60a49c2126b75d0eb",
            "9e223384a3620f4a75b5a52f546b7262d8826dea18db5a365feb8b997180b22d72dc1287f7089a1073a7102c27",
        ];
        for (var number = 0; number < expected.Length; number++)
        {
            var associated = System.Text.Encoding.ASCII.GetBytes($"Count-{number}");
            var box = sender.Seal(text, associated);
            Assert.Equal(expected[number], Convert.ToHexStringLower(box));
            Assert.Equal(text, receiver.Open(box, associated));
        }
        Assert.Equal("a115a59bf4dd8dc49332d6a0093af8efca1bcbfd3627d850173f5c4a55d0c185",
            Convert.ToHexStringLower(sender.Export([], 32)));
        Assert.Equal("164e02144d44b607a7722e58b0f4156e67c0c2874d74cf71da6ca48a4cbdc5e0",
            Convert.ToHexStringLower(receiver.Export("TestContext"u8, 32)));
        sender.Dispose();
        // Without the secret, under another name of it, or with another, nothing opens.
        var closed = Hpke.Send(Hpke.PointOf(recipient), info, shared);
        var sealedBytes = closed.Context.Seal(text, []);
        foreach (var other in (SharedSecret?[])
        [
            null, new SharedSecret(shared.Key, "another"u8.ToArray()), new SharedSecret(new byte[32], shared.Id),
        ])
        {
            using var wrong = Hpke.Receive(closed.Encapsulated, recipient, info, other);
            Assert.Throws<KeyReleaseException>(() => wrong.Open(sealedBytes, []));
        }
        closed.Context.Dispose();
        Assert.Throws<KeyReleaseException>(() => new SharedSecret(new byte[31], shared.Id));
        Assert.Throws<KeyReleaseException>(() => new SharedSecret(shared.Key, ReadOnlyMemory<byte>.Empty));
    }

    private static ECDiffieHellman Key(string secret)
    {
        // The public half is found by deriving with the curve's base point through a second import.
        var parameters = new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = Hex(secret) };
        return ECDiffieHellman.Create(parameters);
    }

    [Fact]
    public void A_message_that_does_not_open_takes_no_number()
    {
        using var recipient = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var (encapsulated, sender) = Hpke.Send(Hpke.PointOf(recipient), "a"u8);
        using var receiver = Hpke.Receive(encapsulated, recipient, "a"u8);
        var box = sender.Seal("x"u8, []);
        var broken = (byte[])box.Clone();
        broken[0] ^= 1;
        Assert.Equal("release.broken", Assert.Throws<KeyReleaseException>(() => receiver.Open(broken, [])).Code);
        Assert.Equal("x"u8.ToArray(), receiver.Open(box, []));
        Assert.Throws<KeyReleaseException>(() => receiver.Open(box, []));
        using var other = Hpke.Receive(encapsulated, recipient, "b"u8);
        Assert.Throws<KeyReleaseException>(() => other.Open(box, []));
        sender.Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData("04")]
    [InlineData("off-the-curve")]
    public void A_key_that_is_no_point_is_refused(string text)
    {
        var bytes = text == "off-the-curve" ? [0x04, .. Enumerable.Repeat((byte)1, 64)] : Hex(text);
        Assert.Equal("release.key",
            Assert.Throws<KeyReleaseException>(() => Recipient.WithoutHardware(bytes)).Code);
    }

    private static readonly SealContext Context =
        new(new byte[16], "input", Enumerable.Repeat((byte)4, 65).ToArray());

    private static async Task<byte[]> SealAsync(byte[] plain, Recipient recipient, SealContext? context = null)
    {
        using var output = new MemoryStream();
        using var input = new Slow(plain);
        await SealedInput.SealAsync(
            input, output, recipient, context ?? Context, null, TestContext.Current.CancellationToken);
        return output.ToArray();
    }

    private static async Task<byte[]> OpenAsync(byte[] box, EnclaveKey key, SealContext? context = null)
    {
        using var output = new MemoryStream();
        using var input = new Slow(box);
        await SealedInput.OpenAsync(
            input, output, key, context ?? Context, null, TestContext.Current.CancellationToken);
        return output.ToArray();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(SealedInput.PieceSize - 1)]
    [InlineData(SealedInput.PieceSize)]
    [InlineData(SealedInput.PieceSize + 1)]
    [InlineData(3 * SealedInput.PieceSize)]
    public async Task A_blob_of_any_length_opens_to_what_was_sealed(int length)
    {
        using var key = new EnclaveKey();
        var plain = RandomNumberGenerator.GetBytes(length);
        var box = await SealAsync(plain, Recipient.WithoutHardware(key.PublicKey));
        Assert.Equal(SealedInput.SealedLength(length), box.Length);
        Assert.Equal(plain, await OpenAsync(box, key));
        if (length > 16) Assert.True(box.AsSpan().IndexOf(plain.AsSpan(0, 16)) < 0);
    }

    [Fact]
    public async Task A_blob_that_is_cut_reordered_doubled_or_lengthened_does_not_open()
    {
        const int Head = 8 + 1 + 65;
        const int Piece = SealedInput.PieceSize + 16;
        using var key = new EnclaveKey();
        var box = await SealAsync(new byte[2 * SealedInput.PieceSize + 100], Recipient.WithoutHardware(key.PublicKey));
        byte[] first = box[Head..(Head + Piece)], second = box[(Head + Piece)..(Head + (2 * Piece))];
        byte[] last = box[(Head + (2 * Piece))..], head = box[..Head];
        byte[][] broken =
        [
            [.. head, .. second, .. first, .. last], [.. head, .. first, .. last], [.. head, .. first, .. second],
            [.. head, .. first], head, [.. head, .. first, .. first, .. second, .. last], [.. box, 0], box[..^1],
            [.. box, .. last], [.. head, .. last], box[..10], [],
        ];
        foreach (var each in broken) await Assert.ThrowsAsync<KeyReleaseException>(() => OpenAsync(each, key));
        Assert.Equal(2 * SealedInput.PieceSize + 100, (await OpenAsync(box, key)).Length);
    }

    [Fact]
    public async Task Each_changed_byte_of_a_small_blob_keeps_it_closed()
    {
        using var key = new EnclaveKey();
        var box = await SealAsync("the secret"u8.ToArray(), Recipient.WithoutHardware(key.PublicKey));
        for (var at = 0; at < box.Length; at++)
        {
            box[at] ^= 1;
            await Assert.ThrowsAsync<KeyReleaseException>(() => OpenAsync(box, key));
            box[at] ^= 1;
        }
    }

    [Fact]
    public async Task An_input_opens_for_its_key_its_task_its_name_and_its_reply_key_only()
    {
        using var key = new EnclaveKey();
        using var other = new EnclaveKey();
        var box = await SealAsync("x"u8.ToArray(), Recipient.WithoutHardware(key.PublicKey));
        await Assert.ThrowsAsync<KeyReleaseException>(() => OpenAsync(box, other));
        foreach (var context in (SealContext[])
        [
            Context with { Task = new byte[15] }, Context with { Name = "other" },
            Context with { ReplyKey = new byte[65] },
        ])
            await Assert.ThrowsAsync<KeyReleaseException>(() => OpenAsync(box, key, context));
    }

    private static readonly byte[] Measured = [.. Enumerable.Repeat((byte)0xaa, 32)];

    private static TeePolicy Trial(params MeasurementRule[] rules) => new()
    {
        Kinds = [EvidenceKind.Software],
        IsForDevelopment = true,
        Measurements = rules,
    };

    private static readonly MeasurementRule Listed =
        new(new Dictionary<string, string> { ["measurement"] = Convert.ToHexString(Measured) });

    [Fact]
    public void A_key_is_released_to_accepted_evidence_that_names_it_and_to_nothing_less()
    {
        using var root = new SoftwareTeeRoot(Shape.Now);
        using var tee = root.Issue(Measured, Shape.Now);
        using var key = new EnclaveKey();
        var challenge = new Challenge(RandomNumberGenerator.GetBytes(32), key.PublicKey);
        var verifier = new EvidenceVerifier(TrustRoots.Pinned.WithSoftware(root.Certificate));
        TeeVerdict Judge(TeePolicy policy, ExpectedData data) => verifier.Verify(
            tee.Attest(challenge, Shape.Now), Collateral.None, new Question(policy, Shape.Now, data));
        string Refusal(TeeVerdict verdict, Challenge asked) =>
            Assert.Throws<KeyReleaseException>(() => Recipient.Of(verdict, asked)).Code;

        var answer = new ExpectedData.AnswerTo(challenge);
        var good = Judge(Trial(Listed), answer);
        Assert.Empty(good.Refusals);
        Assert.Equal(Protection.Pretended, Recipient.Of(good, challenge).Protection);
        Assert.Equal("release.measurement", Refusal(Judge(Trial(), answer), challenge));
        Assert.Equal("release.binding", Refusal(Judge(Trial(Listed), new ExpectedData.Anything()), challenge));
        using var mine = new EnclaveKey();
        Assert.Equal("release.binding", Refusal(good, challenge with { PublicKey = mine.PublicKey }));
        var stale = new Challenge(RandomNumberGenerator.GetBytes(32), key.PublicKey);
        Assert.Equal("release.refused", Refusal(Judge(Trial(Listed), new ExpectedData.AnswerTo(stale)), stale));
    }

    [Fact]
    public void Software_is_never_taken_by_a_policy_that_is_not_for_trying_out()
    {
        using var root = new SoftwareTeeRoot(Shape.Now);
        using var tee = root.Issue(Measured, Shape.Now);
        var challenge = new Challenge(new byte[32], new byte[65]);
        TeeVerdict Judge(TeePolicy policy, TrustRoots roots, DateTimeOffset at) => new EvidenceVerifier(roots).Verify(
            tee.Attest(challenge, Shape.Now), Collateral.None,
            new Question(policy, at, new ExpectedData.AnswerTo(challenge)));
        var roots = TrustRoots.Pinned.WithSoftware(root.Certificate);
        Assert.True(Judge(Trial(Listed), roots, Shape.Now).IsAccepted);
        Assert.True(Judge(Trial(Listed), roots, Shape.Now).IsPretended);
        string[] Codes(TeeVerdict verdict) => [.. verdict.Refusals.Select(check => check.Code)];
        Assert.Equal([CheckBook.Kind, CheckBook.SoftwareAllowed],
            Codes(Judge(TeePolicy.Default with { Measurements = [Listed] }, roots, Shape.Now)));
        Assert.Equal([CheckBook.SoftwareAllowed],
            Codes(Judge(Trial(Listed) with { IsForDevelopment = false }, roots, Shape.Now)));
        Assert.Contains(CheckBook.SoftwareAllowed, Codes(Judge(Trial(Listed), TrustRoots.Pinned, Shape.Now)));
        using var stranger = new SoftwareTeeRoot(Shape.Now);
        Assert.Equal([CheckBook.ChainPath],
            Codes(Judge(Trial(Listed), TrustRoots.Pinned.WithSoftware(stranger.Certificate), Shape.Now)));
        Assert.Equal([CheckBook.SoftwareAge], Codes(Judge(Trial(Listed), roots, Shape.Now.AddMinutes(11))));
        Assert.Equal([CheckBook.SoftwareAge], Codes(Judge(Trial(Listed), roots, Shape.Now.AddMinutes(-11))));
        // Whatever else a policy file says: without the word for it there is no way to write such a policy.
        Assert.Equal("policy.word", Assert.Throws<EvidenceException>(() => PolicyFile.Read(
            "{\"kinds\":[\"software\"],\"measurements\":\"any\"}"u8.ToArray())).Code);
    }

    [Fact]
    public void Software_with_one_fault_is_refused_with_its_code()
    {
        using var root = new SoftwareTeeRoot(Shape.Now);
        using var plain = root.Issue(Measured, Shape.Now);
        using var other = root.Issue(new byte[32], Shape.Now);
        var challenge = new Challenge(new byte[32], new byte[65]);
        var verifier = new EvidenceVerifier(TrustRoots.Pinned.WithSoftware(root.Certificate));
        string[] Codes(EvidenceBundle bundle) =>
        [
            .. verifier.Verify(bundle, Collateral.None,
                new Question(Trial(Listed), Shape.Now, new ExpectedData.AnswerTo(challenge)))
                .Refusals.Select(check => check.Code),
        ];
        Assert.Empty(Codes(plain.Attest(challenge, Shape.Now)));
        Assert.Equal([CheckBook.Measurement], Codes(other.Attest(challenge, Shape.Now)));
        Assert.Equal([CheckBook.Signature], Codes(plain.Attest(challenge, Shape.Now) with
        {
            Certificates = other.Attest(challenge, Shape.Now).Certificates,
        }));
        Assert.Equal([CheckBook.Binding], Codes(plain.Attest(challenge with { Nonce = new byte[31] }, Shape.Now)));
    }

    /// <summary>A stream that gives little at a time, as networks do.</summary>
    private sealed class Slow(byte[] content) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 10_007)], cancellationToken);
    }
}
