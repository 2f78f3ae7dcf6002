using System.Security.Cryptography;
using Stun.Tee;
using Stun.Tee.Release;

namespace Stun.Tests.Tee;

/// <summary>
/// Outputs are by whoever has opened the inputs and by nobody else: knowing the requester's key is not enough, and an
/// old output, or one of another task or input, is none.
/// </summary>
public sealed class OutputTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly byte[] TaskId = [.. Enumerable.Range(0, 16).Select(each => (byte)each)];

    /// <summary>A requester with a place that was accepted, and what has gone to and fro.</summary>
    private sealed class Scene : IDisposable
    {
        public SecretPlace Place { get; } = new(null);

        public SecretRequest Request { get; }

        private readonly byte[] task;
        private OpenedInput? last;

        public Scene(byte[]? task = null)
        {
            this.task = task ?? TaskId;
            Request = new SecretRequest(new EvidenceVerifier(TrustRoots.Pinned), TeePolicy.Default, this.task);
            Request.AcceptWithoutHardware(Place.PublicKey);
        }

        public Task<byte[]> SealAsync(string name) => BytesAsync(
            "the input"u8.ToArray(), (from, to) => Request.SealInputAsync(name, from, to, Cancel));

        public async Task<OpenedInput> OpenAsync(string name, byte[] sealedInput)
        {
            using var source = new MemoryStream(sealedInput);
            return await Place.OpenInputAsync(
                source, Stream.Null, new SealContext(task, name, Request.ReplyKey), last, Cancel);
        }

        /// <summary>One after the other: each opens after the one before.</summary>
        public async Task<OpenedInput> ExchangeAsync(string name) =>
            last = await OpenAsync(name, await SealAsync(name));

        public void Dispose()
        {
            Request.Dispose();
            Place.Dispose();
        }
    }

    private static async Task<byte[]> BytesAsync(byte[] from, Func<Stream, Stream, Task> act)
    {
        using var source = new MemoryStream(from);
        using var destination = new MemoryStream();
        await act(source, destination);
        return destination.ToArray();
    }

    private static Task<byte[]> SealAsync(OutputSealer sealer, string name = "result") =>
        BytesAsync("the output"u8.ToArray(), (from, to) => sealer.SealAsync(name, from, to, Cancel));

    private static async Task<byte[]> OpenAsync(SecretRequest request, byte[] output, string name = "result")
    {
        using var opener = request.Outputs();
        return await BytesAsync(output, (from, to) => opener.OpenAsync(name, from, to, Cancel));
    }

    private static async Task RefusedAsync(SecretRequest request, byte[] output, string name = "result") =>
        Assert.Equal("release.broken",
            (await Assert.ThrowsAsync<KeyReleaseException>(() => OpenAsync(request, output, name))).Code);

    [Fact]
    public async Task An_output_opens_where_its_inputs_were_sealed_and_under_its_name_only()
    {
        using var scene = new Scene();
        var opened = await scene.ExchangeAsync("input");
        var output = await SealAsync(opened.Outputs());
        Assert.Equal("the output"u8.ToArray(), await OpenAsync(scene.Request, output));
        Assert.Equal(OutputSealer.SealedLength(10), output.Length);
        await RefusedAsync(scene.Request, output, "other");
        // Sealed again it is under other keys, so that no nonce comes twice.
        Assert.NotEqual(output, await SealAsync(opened.Outputs()));
        for (var at = OutputSealer.SealedLength(0) - 16; at < output.Length; at++)
        {
            output[at] ^= 1;
            await RefusedAsync(scene.Request, output);
            output[at] ^= 1;
        }
    }

    [Fact]
    public async Task Who_knows_the_requesters_key_and_all_that_was_sent_makes_no_output()
    {
        using var scene = new Scene();
        var input = await scene.SealAsync("input");
        var honest = await scene.OpenAsync("input", input);
        var context = new SealContext(TaskId, "input", scene.Request.ReplyKey);
        // He seals an input of his own to his own place with the requester's key in it, and answers with that.
        using var thief = new EnclaveKey();
        using var mine = new MemoryStream();
        using var nothing = new MemoryStream();
        await SealedInput.SealAsync(
            nothing, mine, Recipient.WithoutHardware(thief.PublicKey), context, null, Cancel);
        mine.Position = 0;
        var opened = await SealedInput.OpenAsync(mine, Stream.Null, thief, context, null, Cancel);
        await RefusedAsync(scene.Request, await SealAsync(opened.Outputs()));
        // Or he says that his secret is that of the input.
        var named = opened with { Secret = opened.Secret with { Id = honest.Secret.Id } };
        await RefusedAsync(scene.Request, await SealAsync(named.Outputs()));
        await RefusedAsync(scene.Request, await SealAsync(
            (opened with { Secret = honest.Secret with { Id = opened.Secret.Id } }).Outputs()));
        Assert.NotEmpty(await OpenAsync(scene.Request, await SealAsync(honest.Outputs())));
        // What went the other way is no output, and the other way round.
        Assert.Equal("release.format", (await Assert.ThrowsAsync<KeyReleaseException>(() =>
            OpenAsync(scene.Request, input))).Code);
        var output = await SealAsync(honest.Outputs());
        Assert.Equal("release.format", (await Assert.ThrowsAsync<KeyReleaseException>(() =>
            scene.OpenAsync("input", output))).Code);
    }

    /// <summary>With the recipient's key alone, after the standard: nothing that is sent tells it.</summary>
    [Fact]
    public async Task The_secret_of_an_input_comes_from_its_keys_and_from_nothing_that_was_sent()
    {
        using var key = new EnclaveKey();
        var context = new SealContext(TaskId, "input", new byte[65]);
        using var box = new MemoryStream();
        using var plain = new MemoryStream("x"u8.ToArray());
        var secret = await SealedInput.SealAsync(
            plain, box, Recipient.WithoutHardware(key.PublicKey), context, null, Cancel);
        var head = box.ToArray()[..(8 + 1 + Hpke.PublicKeySize)];
        Assert.Equal(SHA256.HashData(head), secret.Id.ToArray());
        using (var keys = key.Receive(head.AsSpan(9), context.InputInfo(Protection.EndToEndOnly)))
            Assert.Equal(keys.Export("stun output secret"u8, 32), secret.Key.ToArray());
        using var other = new EnclaveKey();
        using var wrong = other.Receive(head.AsSpan(9), context.InputInfo(Protection.EndToEndOnly));
        Assert.NotEqual(wrong.Export("stun output secret"u8, 32), secret.Key.ToArray());
    }

    [Fact]
    public async Task An_output_of_another_task_another_input_or_an_older_sealing_is_refused()
    {
        using var scene = new Scene();
        var first = await scene.ExchangeAsync("input");
        var old = await SealAsync(first.Outputs());
        Assert.NotEmpty(await OpenAsync(scene.Request, old));
        // With one input more it is no output of these any longer.
        Assert.Equal("release.sealed-twice", (await Assert.ThrowsAsync<KeyReleaseException>(
            () => scene.SealAsync("input"))).Code);
        var second = await scene.ExchangeAsync("another");
        await RefusedAsync(scene.Request, old);
        Assert.NotEmpty(await OpenAsync(scene.Request, await SealAsync(new OutputSealer([first, second]))));
        using var other = new Scene([.. TaskId.Reverse()]);
        var elsewhere = await other.ExchangeAsync("input");
        await RefusedAsync(scene.Request, await SealAsync(elsewhere.Outputs()));
        Assert.Equal("release.mixed", Assert.Throws<KeyReleaseException>(
            () => new OutputSealer([second, elsewhere])).Code);
    }

    /// <summary>Found by review: everybody who knows the place's key could put a program beside a stranger's data.
    /// </summary>
    [Fact]
    public async Task An_input_opens_only_after_those_that_were_sealed_before_it()
    {
        using var scene = new Scene();
        var (program, data) = (await scene.SealAsync("program"), await scene.SealAsync("data"));
        var context = new SealContext(TaskId, "program", scene.Request.ReplyKey);
        using var mine = new MemoryStream();
        using var evil = new MemoryStream("evil"u8.ToArray());
        await SealedInput.SealAsync(
            evil, mine, Recipient.WithoutHardware(scene.Place.PublicKey), context, null, Cancel);
        var strange = await OpenedAsync(scene, "program", mine.ToArray(), null);
        foreach (var before in (OpenedInput?[])[null, strange])
            Assert.Equal("release.broken", (await Assert.ThrowsAsync<KeyReleaseException>(
                () => OpenedAsync(scene, "data", data, before))).Code);
        var right = await OpenedAsync(scene, "program", program, null);
        Assert.NotNull(await OpenedAsync(scene, "data", data, right));
    }

    private static async Task<OpenedInput> OpenedAsync(Scene scene, string name, byte[] box, OpenedInput? after)
    {
        using var source = new MemoryStream(box);
        return await scene.Place.OpenInputAsync(
            source, Stream.Null, new SealContext(TaskId, name, scene.Request.ReplyKey), after, Cancel);
    }

    [Fact]
    public async Task An_output_of_some_of_the_inputs_is_refused()
    {
        using var scene = new Scene();
        Assert.Equal("release.no-input",
            Assert.Throws<KeyReleaseException>(() => scene.Request.Outputs()).Code);
        var one = await scene.ExchangeAsync("one");
        var two = await scene.ExchangeAsync("two");
        Assert.NotEmpty(await OpenAsync(scene.Request, await SealAsync(new OutputSealer([one, two]))));
        Assert.NotEmpty(await OpenAsync(scene.Request, await SealAsync(new OutputSealer([two, one]))));
        await RefusedAsync(scene.Request, await SealAsync(one.Outputs()));
        await RefusedAsync(scene.Request, await SealAsync(new OutputSealer([one, one])));
        await RefusedAsync(scene.Request, await SealAsync(new OutputSealer([one, two, two])));
        Assert.Equal("release.no-input", Assert.Throws<KeyReleaseException>(() => new OutputSealer([])).Code);
    }

    [Fact]
    public async Task What_a_requester_keeps_opens_outputs_after_it_was_written_down()
    {
        var folder = Directory.CreateTempSubdirectory("stun-outputs-").FullName;
        try
        {
            byte[] output;
            var path = Path.Combine(folder, "kept");
            using (var scene = new Scene())
            {
                var opened = new OutputSealer([await scene.ExchangeAsync("one"), await scene.ExchangeAsync("two")]);
                output = await SealAsync(opened);
                using var before = scene.Request.Outputs();
                before.SaveTo(path);
                // What is there is not written over: it may be another task's.
                Assert.Throws<IOException>(() => before.SaveTo(path));
            }
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            var kept = await File.ReadAllBytesAsync(path, Cancel);
            using var opener = OutputOpener.Load(kept);
            Assert.Equal(kept, opener.Save());
            Assert.Equal(Protection.EndToEndOnly, opener.Protection);
            Assert.Equal("the output"u8.ToArray(),
                await BytesAsync(output, (from, to) => opener.OpenAsync("result", from, to, Cancel)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task What_was_kept_and_is_cut_lengthened_or_changed_is_no_state_or_opens_nothing()
    {
        using var scene = new Scene();
        var output = await SealAsync((await scene.ExchangeAsync("input")).Outputs());
        using var opener = scene.Request.Outputs();
        var kept = opener.Save();
        foreach (var odd in (byte[][])[kept[..^1], [.. kept, 0], [], [0x80], new byte[70_000]])
            Assert.Equal("release.state", Assert.Throws<KeyReleaseException>(() => OutputOpener.Load(odd)).Code);
        for (var at = 0; at < kept.Length; at++)
        {
            kept[at] ^= 1;
            try
            {
                using var changed = OutputOpener.Load(kept);
                await Assert.ThrowsAsync<KeyReleaseException>(() =>
                    BytesAsync(output, (from, to) => changed.OpenAsync("result", from, to, Cancel)));
            }
            catch (KeyReleaseException refused)
            {
                Assert.Equal("release.state", refused.Code);
            }
            kept[at] ^= 1;
        }
    }

    [Fact]
    public async Task An_output_cut_or_exchanged_piece_by_piece_does_not_open()
    {
        const int Head = 8 + 65;
        const int Piece = SealedInput.PieceSize + 16;
        using var scene = new Scene();
        var sealer = (await scene.ExchangeAsync("input")).Outputs();
        var plain = RandomNumberGenerator.GetBytes((2 * SealedInput.PieceSize) + 100);
        var box = await BytesAsync(plain, (from, to) => sealer.SealAsync("result", from, to, Cancel));
        Assert.Equal(plain, await OpenAsync(scene.Request, box));
        foreach (var broken in (byte[][])
        [
            box[..(Head + (2 * Piece))], [.. box[..Head], .. box[(Head + Piece)..]], box[..^1], [.. box, 0],
        ])
            await Assert.ThrowsAsync<KeyReleaseException>(() => OpenAsync(scene.Request, broken));
    }
}
