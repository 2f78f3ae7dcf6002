using System.Security.Cryptography;
using System.Text;
using Stun.Tee;
using Stun.Tee.Checks;
using Stun.Tee.Release;
using Stun.Tee.Sources;
using Stun.Tests.Tee.Makers;

namespace Stun.Tests.Tee;

/// <summary>
/// A secret task between two sides that share nothing but bytes, all of which are kept: who does not show what the
/// policy asks for gets no key and hears why, and what went over the line or to the disk shows no plaintext.
/// </summary>
public sealed class SecretTaskTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly byte[] TaskId = [.. Enumerable.Range(0, 16).Select(each => (byte)each)];

    private static readonly TeePolicy Policy = new()
    {
        Measurements = [IntelMaker.TdRule],
    };

    /// <summary>A TDX machine of ours.</summary>
    private sealed class Machine(IntelMaker maker) : IEvidenceSource
    {
        public EvidenceBundle? Last { get; private set; }

        public Task<EvidenceBundle> AttestAsync(Challenge challenge, DateTimeOffset now, CancellationToken cancel) =>
            Task.FromResult(Last = maker.Quote(EvidenceKind.Tdx, 4, challenge.ReportData()) with
            {
                PublicKey = challenge.PublicKey,
            });
    }

    /// <summary>Answers as it did before.</summary>
    private sealed class Parrot(EvidenceBundle old) : IEvidenceSource
    {
        public Task<EvidenceBundle> AttestAsync(Challenge challenge, DateTimeOffset now, CancellationToken cancel) =>
            Task.FromResult(old);
    }

    /// <summary>Shows another's evidence and asks for the secret to its own key.</summary>
    private sealed class Thief(IEvidenceSource honest) : IEvidenceSource
    {
        public async Task<EvidenceBundle> AttestAsync(
            Challenge challenge, DateTimeOffset now, CancellationToken cancel)
        {
            using var other = new EnclaveKey();
            var shown = await honest.AttestAsync(challenge with { PublicKey = other.PublicKey }, now, cancel);
            return shown with { PublicKey = challenge.PublicKey };
        }
    }

    private static async Task<KeyReleaseException> RefusedAsync(IntelMaker maker, IEvidenceSource? source)
    {
        using var place = new SecretPlace(source);
        using var request = new SecretRequest(new EvidenceVerifier(maker.Roots), Policy, TaskId);
        var answer = await place.AnswerAsync(request.Nonce, Shape.Now, Cancel);
        var refusal = Assert.Throws<KeyReleaseException>(
            () => request.Accept(answer, maker.Collateral(true), Shape.Now));
        // Whatever it does next, nothing is sealed for it.
        using var input = new MemoryStream();
        Assert.Equal("release.not-accepted", (await Assert.ThrowsAsync<KeyReleaseException>(() =>
            request.SealInputAsync("input", input, input, Cancel))).Code);
        Assert.Equal("release.answered", Assert.Throws<KeyReleaseException>(
            () => request.Accept(answer, maker.Collateral(true), Shape.Now)).Code);
        return refusal;
    }

    [Fact]
    public async Task A_provider_without_evidence_gets_no_key()
    {
        var refusal = await RefusedAsync(new IntelMaker(), null);
        Assert.Equal("release.no-evidence", refusal.Code);
    }

    [Theory]
    [InlineData("forged", CheckBook.Signature)]
    [InlineData("stale", CheckBook.Binding)]
    [InlineData("stolen", CheckBook.Binding)]
    [InlineData("debug", CheckBook.Debug)]
    [InlineData("wrong-measurement", CheckBook.Measurement)]
    [InlineData("out-of-date", CheckBook.TcbStatus)]
    public async Task A_provider_with_faulty_evidence_gets_no_key_and_hears_why(string fault, string code)
    {
        IntelMaker maker = fault switch
        {
            "forged" => new()
            {
                Whole = bytes =>
                {
                    // The measurement that is asked for, written in after signing.
                    bytes.AsSpan(48 + 136, 48).Fill(0xaa);
                    return bytes;
                },
                Body = body => body[136] = 1,
            },
            "debug" => new() { Body = body => body[120] |= 1 },
            "wrong-measurement" => new() { Body = body => body[136] = 1 },
            "out-of-date" => new() { Body = body => body[0] = 4 },
            _ => new(),
        };
        IEvidenceSource source = new Machine(maker);
        if (fault == "stolen") source = new Thief(source);
        if (fault == "stale")
        {
            using var key = new EnclaveKey();
            source = new Parrot(await source.AttestAsync(
                new Challenge(RandomNumberGenerator.GetBytes(32), key.PublicKey), Shape.Now, Cancel));
        }
        var refusal = await RefusedAsync(maker, source);
        Assert.Equal("release.refused", refusal.Code);
        Assert.Contains($"[{code}]", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_right_provider_gets_the_key_and_no_plaintext_is_on_the_line_or_on_the_disk()
    {
        var maker = new IntelMaker();
        var line = new MemoryStream();
        var disk = Directory.CreateTempSubdirectory("stun-secret-").FullName;
        try
        {
            using var place = new SecretPlace(new Machine(maker));
            using var request = new SecretRequest(new EvidenceVerifier(maker.Roots), Policy, TaskId);
            line.Write(request.Nonce.Span);
            var answer = (await place.AnswerAsync(request.Nonce, Shape.Now, Cancel))!.Encode();
            line.Write(answer);
            request.Accept(EvidenceBundle.Decode(answer), maker.Collateral(true), Shape.Now);
            Assert.True(request.Verdict!.IsAccepted);

            var secret = Encoding.UTF8.GetBytes(string.Concat(
                Enumerable.Range(0, 9_000).Select(each => $"patient {each:d6} ")));
            var input = await BytesAsync(secret, (from, to) => request.SealInputAsync("input", from, to, Cancel));
            line.Write(input);
            await File.WriteAllBytesAsync(Path.Combine(disk, "input"), input, Cancel);

            // On the other side: opened in memory, worked on in memory.
            var context = new SealContext(TaskId, "input", request.ReplyKey);
            OpenedInput? known = null;
            var opened = await BytesAsync(input, async (from, to) =>
                known = await place.OpenInputAsync(from, to, context, null, Cancel));
            Assert.Equal(secret, opened);
            Assert.Equal(Protection.Hardware, known!.Protection);
            var digest = Convert.ToHexString(SHA256.HashData(opened));
            var result = Encoding.UTF8.GetBytes($"of {opened.Length} bytes: {digest}");
            var output = await BytesAsync(result, (from, to) =>
                known.Outputs().SealAsync("output", from, to, Cancel));
            line.Write(output);
            await File.WriteAllBytesAsync(Path.Combine(disk, "output"), output, Cancel);

            using var outputs = request.Outputs();
            Assert.Equal(result, await BytesAsync(output, (from, to) =>
                outputs.OpenAsync("output", from, to, Cancel)));
            var seen = line.ToArray();
            foreach (var file in Directory.EnumerateFiles(disk)) seen = [.. seen, .. File.ReadAllBytes(file)];
            foreach (var plain in (byte[][])[secret, result])
                for (var at = 0; at + 12 <= Math.Min(plain.Length, 4_000); at += 12)
                    Assert.True(seen.AsSpan().IndexOf(plain.AsSpan(at, 12)) < 0, $"Plaintext at {at}.");
            // Somebody who listened and has a place of his own opens nothing.
            using var other = new SecretPlace(new Machine(maker));
            await Assert.ThrowsAsync<KeyReleaseException>(() => BytesAsync(input, (from, to) =>
                other.OpenInputAsync(from, to, context, null, Cancel)));
        }
        finally
        {
            Directory.Delete(disk, recursive: true);
        }
    }

    [Fact]
    public async Task Without_trusted_hardware_it_is_called_end_to_end_and_nothing_more()
    {
        using var place = new SecretPlace(null);
        using var request = new SecretRequest(new EvidenceVerifier(TrustRoots.Pinned), Policy, TaskId);
        request.AcceptWithoutHardware(place.PublicKey);
        var input = await BytesAsync("x"u8.ToArray(), (from, to) => request.SealInputAsync("input", from, to, Cancel));
        var context = new SealContext(TaskId, "input", request.ReplyKey);
        OpenedInput? known = null;
        await BytesAsync(
            input, async (from, to) => known = await place.OpenInputAsync(from, to, context, null, Cancel));
        Assert.Equal(Protection.EndToEndOnly, known!.Protection);
        // The name is bound in: it cannot be said to have been hardware.
        input["STUNBOX2".Length] = (byte)Protection.Hardware;
        await Assert.ThrowsAsync<KeyReleaseException>(() => BytesAsync(input, (from, to) =>
            place.OpenInputAsync(from, to, context, null, Cancel)));
    }

    private static async Task<byte[]> BytesAsync(byte[] from, Func<Stream, Stream, Task> act)
    {
        using var source = new MemoryStream(from);
        using var destination = new MemoryStream();
        await act(source, destination);
        return destination.ToArray();
    }
}
