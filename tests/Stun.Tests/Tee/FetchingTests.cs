using System.Net;
using System.Text;
using Stun.Tee;
using Stun.Tee.Checks;
using Stun.Tee.Fetching;
using Stun.Tests.Tee.Makers;

namespace Stun.Tests.Tee;

/// <summary>Where collateral comes from, and what happens when it does not.</summary>
public sealed class FetchingTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly IntelMaker Intel = new();
    private static readonly CollateralKey Key = new CollateralKey.Intel("B0C06F000000", "platform", true);
    private static readonly DateTimeOffset Ends = VectorTests.Time("2026-07-01T00:00:00Z");

    /// <summary>A source that is told what to answer.</summary>
    private sealed class Told(Func<Collateral> answer) : ICollateralSource
    {
        public int Count { get; private set; }

        public Func<Collateral> Answer { get; set; } = answer;

        public Task<Collateral> FetchAsync(CollateralKey key, CancellationToken cancel)
        {
            Count++;
            return Task.FromResult(Answer());
        }
    }

    private static Collateral Silent() => throw new EvidenceException("collateral.unreachable", "Nobody answers.");

    [Fact]
    public async Task Collateral_is_asked_for_once_and_again_some_time_before_it_ends()
    {
        var source = new Told(() => Intel.Collateral(true));
        using var cache = new CollateralCache(source, TimeSpan.FromDays(2));
        var first = await cache.GetAsync(Key, Shape.Now, Cancel);
        Assert.Same(first, await cache.GetAsync(Key, Shape.Now.AddHours(23), Cancel));
        Assert.Equal(1, source.Count);
        await cache.GetAsync(Key, Ends.AddDays(-1), Cancel);
        Assert.Equal(2, source.Count);
        // Now and then only, while the source has nothing newer.
        await cache.GetAsync(Key, Ends.AddDays(-1).AddSeconds(59), Cancel);
        Assert.Equal(2, source.Count);
        await cache.GetAsync(Key, Ends.AddDays(-1).AddSeconds(61), Cancel);
        Assert.Equal(3, source.Count);
    }

    [Fact]
    public async Task While_a_source_is_silent_what_is_kept_counts_until_its_end_and_then_nothing_does()
    {
        var source = new Told(() => Intel.Collateral(true));
        using var cache = new CollateralCache(source, TimeSpan.FromDays(2));
        await cache.GetAsync(Key, Shape.Now, Cancel);
        source.Answer = Silent;
        Assert.NotNull(await cache.GetAsync(Key, Ends.AddSeconds(-1), Cancel));
        var failure = await Assert.ThrowsAsync<EvidenceException>(() => cache.GetAsync(Key, Ends, Cancel));
        Assert.Equal("collateral.unavailable", failure.Code);
        Assert.Contains("Nobody answers", failure.Message, StringComparison.Ordinal);
        // It comes back by itself.
        source.Answer = () => Intel.Collateral(true);
        await Assert.ThrowsAsync<EvidenceException>(() => cache.GetAsync(Key, Ends.AddMinutes(2), Cancel));
    }

    [Fact]
    public async Task A_source_that_never_answered_is_not_asked_with_each_question()
    {
        var source = new Told(Silent);
        using var cache = new CollateralCache(source, TimeSpan.FromDays(2));
        for (var second = 0; second < 60; second += 10)
        {
            var now = Shape.Now.AddSeconds(second);
            await Assert.ThrowsAsync<EvidenceException>(() => cache.GetAsync(Key, now, Cancel));
        }
        Assert.Equal(1, source.Count);
        source.Answer = () => Intel.Collateral(true);
        Assert.NotNull(await cache.GetAsync(Key, Shape.Now.AddSeconds(61), Cancel));
    }

    [Fact]
    public async Task Older_collateral_does_not_take_the_place_of_newer_within_a_day()
    {
        var source = new Told(() => Intel.Collateral(true));
        using var cache = new CollateralCache(source, TimeSpan.FromDays(20));
        var newer = await cache.GetAsync(Key, Shape.Now, Cancel);
        var old = new IntelMaker { TcbInfo = json => json["nextUpdate"] = "2026-06-20T00:00:00Z" };
        source.Answer = () => old.Collateral(true);
        Assert.Same(newer, await cache.GetAsync(Key, Shape.Now.AddHours(23), Cancel));
        Assert.Equal(2, source.Count);
        // One that has ended never does.
        Assert.Same(newer, await cache.GetAsync(Key, Shape.Now.AddDays(6), Cancel));
        Assert.Equal(3, source.Count);
    }

    [Fact]
    public async Task An_answer_that_claims_to_hold_for_long_is_asked_for_again_in_a_day_and_then_replaced()
    {
        var source = new Told(() => new Collateral
        {
            Lists = [Authority.Root("Forged", new Shape()).List(Shape.Now, Shape.Now.AddYears(19))],
        });
        using var cache = new CollateralCache(source, TimeSpan.FromDays(2));
        await cache.GetAsync(Key, Shape.Now, Cancel);
        var genuine = Intel.Collateral(true);
        source.Answer = () => genuine;
        Assert.Same(genuine, await cache.GetAsync(Key, Shape.Now.AddHours(24), Cancel));
        Assert.Equal(2, source.Count);
    }

    [Fact]
    public async Task A_source_that_has_none_is_told_apart_from_one_that_is_silent()
    {
        var source = new Told(() => throw new EvidenceException("collateral.refused", "It answered 404."));
        using var cache = new CollateralCache(source, TimeSpan.FromDays(2));
        async Task<string> Code(DateTimeOffset at) =>
            (await Assert.ThrowsAsync<EvidenceException>(() => cache.GetAsync(Key, at, Cancel))).Code;
        Assert.Equal("collateral.refused", await Code(Shape.Now));
        Assert.Equal("collateral.refused", await Code(Shape.Now.AddSeconds(59)));
        Assert.Equal(1, source.Count);
        source.Answer = Silent;
        Assert.Equal("collateral.unavailable", await Code(Shape.Now.AddSeconds(61)));
        source.Answer = () => Intel.Collateral(true);
        Assert.NotNull(await cache.GetAsync(Key, Shape.Now.AddSeconds(122), Cancel));
        // What is kept counts on, whatever the source says.
        source.Answer = () => throw new EvidenceException("collateral.refused", "It answered 404.");
        Assert.NotNull(await cache.GetAsync(Key, Ends.AddSeconds(-1), Cancel));
        Assert.Equal("collateral.refused", await Code(Ends.AddMinutes(1)));
    }

    [Theory]
    [InlineData(400, "collateral.refused")]
    [InlineData(404, "collateral.refused")]
    [InlineData(408, "collateral.unreachable")]
    [InlineData(429, "collateral.unreachable")]
    [InlineData(500, "collateral.unreachable")]
    [InlineData(503, "collateral.unreachable")]
    public async Task A_status_of_a_service_says_whether_it_refuses_or_cannot(int status, string code)
    {
        using var http = new HttpClient(new Host(_ => new HttpResponseMessage((HttpStatusCode)status)));
        Assert.Equal(code, (await Assert.ThrowsAsync<EvidenceException>(() =>
            new HttpCollateral(http, Addresses).FetchAsync(Key, Cancel))).Code);
    }

    /// <summary>A source that answers when it is told to.</summary>
    private sealed class Gated : ICollateralSource
    {
        public Dictionary<CollateralKey, TaskCompletionSource<Collateral>> Asked { get; } = [];

        public Task<Collateral> FetchAsync(CollateralKey key, CancellationToken cancel)
        {
            lock (Asked)
            {
                var answer = new TaskCompletionSource<Collateral>(TaskCreationOptions.RunContinuationsAsynchronously);
                Asked.Add(key, answer);
                return answer.Task.WaitAsync(cancel);
            }
        }

        /// <summary>What is asked next, once it is.</summary>
        public async Task<TaskCompletionSource<Collateral>> NextAsync(CollateralKey key)
        {
            while (true)
            {
                lock (Asked)
                {
                    if (Asked.Remove(key, out var answer)) return answer;
                }
                await Task.Yield();
            }
        }
    }

    private static CollateralKey.Intel Numbered(int number) => new($"{number:X12}", "platform", true);

    [Fact]
    public async Task A_slow_source_of_one_platform_keeps_nobody_waiting_for_another()
    {
        var source = new Gated();
        using var cache = new CollateralCache(source, TimeSpan.FromDays(2));
        var slow = cache.GetAsync(Numbered(1), Shape.Now, Cancel);
        var same = cache.GetAsync(Numbered(1), Shape.Now, Cancel);
        var other = cache.GetAsync(Numbered(2), Shape.Now, Cancel);
        var collateral = Intel.Collateral(true);
        source.Asked[Numbered(2)].SetResult(collateral);
        Assert.Same(collateral, await other);
        Assert.False(slow.IsCompleted);
        source.Asked[Numbered(1)].SetResult(collateral);
        Assert.Same(collateral, await slow);
        Assert.Same(collateral, await same);
        Assert.Equal(2, source.Asked.Count);
        // One who gives up spoils nothing for the one who waits behind.
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var first = cache.GetAsync(Numbered(3), Shape.Now, impatient.Token);
        var second = cache.GetAsync(Numbered(3), Shape.Now, Cancel);
        await source.NextAsync(Numbered(3));
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        (await source.NextAsync(Numbered(3))).SetResult(collateral);
        Assert.Same(collateral, await second);
    }

    [Fact]
    public async Task While_one_asks_anew_what_still_counts_is_handed_on()
    {
        var source = new Gated();
        using var cache = new CollateralCache(source, TimeSpan.FromDays(2));
        var asking = cache.GetAsync(Key, Shape.Now, Cancel);
        var collateral = Intel.Collateral(true);
        (await source.NextAsync(Key)).SetResult(collateral);
        await asking;
        var refresh = cache.GetAsync(Key, Ends.AddDays(-1), Cancel);
        Assert.False(refresh.IsCompleted);
        Assert.Same(collateral, await cache.GetAsync(Key, Ends.AddDays(-1), Cancel));
        // After its end nobody gets it.
        var late = cache.GetAsync(Key, Ends, Cancel);
        var silence = new TaskCanceledException("Nothing for a hundred seconds.");
        (await source.NextAsync(Key)).SetException(silence);
        Assert.Same(collateral, await refresh);
        (await source.NextAsync(Key)).SetException(silence);
        Assert.Equal("collateral.unavailable", (await Assert.ThrowsAsync<EvidenceException>(() => late)).Code);
    }

    [Fact]
    public async Task A_source_that_gives_up_waiting_is_silent_and_a_caller_who_does_is_not_the_source()
    {
        var source = new Told(() => throw new TaskCanceledException("Nothing for a hundred seconds."));
        using var cache = new CollateralCache(source, TimeSpan.FromDays(2));
        var failure = await Assert.ThrowsAsync<EvidenceException>(() => cache.GetAsync(Key, Shape.Now, Cancel));
        Assert.Equal("collateral.unavailable", failure.Code);
        Assert.Contains("in time", failure.Message, StringComparison.Ordinal);
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => cache.GetAsync(Numbered(7), Shape.Now, gone.Token));
        source.Answer = () => Intel.Collateral(true);
        Assert.NotNull(await cache.GetAsync(Numbered(7), Shape.Now, Cancel));
        // The same of a connection: its own time is not that of whoever asks.
        using var http = new HttpClient(new Silence()) { Timeout = TimeSpan.FromMilliseconds(20) };
        Assert.Equal("collateral.timeout", (await Assert.ThrowsAsync<EvidenceException>(() =>
            new HttpCollateral(http, Addresses).FetchAsync(Key, Cancel))).Code);
    }

    /// <summary>A service that takes a question and never answers.</summary>
    private sealed class Silence : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancel)
        {
            await Task.Delay(Timeout.Infinite, cancel);
            throw new InvalidOperationException();
        }
    }

    [Fact]
    public async Task Platforms_that_are_kept_and_waited_for_are_bounded()
    {
        var source = new Gated();
        using var cache = new CollateralCache(source, TimeSpan.FromDays(2));
        var waiting = Enumerable.Range(0, TeeLimits.CollateralsKept)
            .Select(number => cache.GetAsync(Numbered(number), Shape.Now, Cancel)).ToList();
        waiting.AddRange(Enumerable.Range(1000, TeeLimits.CollateralsUnkept)
            .Select(number => cache.GetAsync(Numbered(number), Shape.Now, Cancel)));
        Assert.Equal("collateral.busy", (await Assert.ThrowsAsync<EvidenceException>(
            () => cache.GetAsync(Numbered(2000), Shape.Now, Cancel))).Code);
        var collateral = Intel.Collateral(true);
        foreach (var answer in source.Asked.Values) answer.SetResult(collateral);
        await Task.WhenAll(waiting);
        var next = cache.GetAsync(Numbered(2000), Shape.Now, Cancel);
        source.Asked[Numbered(2000)].SetResult(collateral);
        Assert.Same(collateral, await next);
    }

    [Fact]
    public async Task Keys_of_strangers_drive_out_nothing_that_counts()
    {
        var source = new Told(() => Intel.Collateral(true));
        using var cache = new CollateralCache(source, TimeSpan.FromDays(2));
        var good = await cache.GetAsync(Key, Shape.Now, Cancel);
        source.Answer = Silent;
        async Task AskedAsync(int number) => await Assert.ThrowsAsync<EvidenceException>(
            () => cache.GetAsync(Numbered(number), Shape.Now, Cancel));
        for (var number = 0; number < 2 * TeeLimits.CollateralsKept; number++) await AskedAsync(number);
        Assert.Same(good, await cache.GetAsync(Key, Shape.Now, Cancel));
        // Full of what counts, it serves one more, and keeps none of it.
        source.Answer = () => Intel.Collateral(true);
        for (var number = 1; number < TeeLimits.CollateralsKept; number++)
            await cache.GetAsync(Numbered(1000 + number), Shape.Now, Cancel);
        var before = source.Count;
        for (var time = 0; time < 2 * TeeLimits.CollateralsUnkept; time++)
            Assert.NotNull(await cache.GetAsync(Numbered(2000), Shape.Now, Cancel));
        Assert.Equal(before + (2 * TeeLimits.CollateralsUnkept), source.Count);
        Assert.Same(good, await cache.GetAsync(Key, Shape.Now, Cancel));
        // What has ended makes room.
        await cache.GetAsync(Key, Ends, Cancel).ContinueWith(_ => { }, TaskScheduler.Default);
        source.Answer = () => new Collateral
        {
            Lists = [Authority.Root("Later", new Shape()).List(Shape.Now, Ends.AddDays(30))],
        };
        var late = await cache.GetAsync(Numbered(2000), Ends, Cancel);
        Assert.Same(late, await cache.GetAsync(Numbered(2000), Ends, Cancel));
    }

    /// <summary>A service that speaks as the makers' do, without a network.</summary>
    private sealed class Host(Func<Uri, HttpResponseMessage> answer) : HttpMessageHandler
    {
        public List<string> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
        {
            Asked.Add(request.RequestUri!.PathAndQuery);
            return Task.FromResult(answer(request.RequestUri));
        }
    }

    private static HttpResponseMessage Bytes(byte[] body, string? header = null, byte[]? chain = null)
    {
        var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(body) };
        if (header is not null) answer.Headers.Add(header, Uri.EscapeDataString(Encoding.ASCII.GetString(chain!)));
        return answer;
    }

    private static readonly CollateralAddresses Addresses = new(
        new Uri("https://intel.example/"), new Uri("https://intel.example/root.der"), new Uri("https://amd.example"));

    [Fact]
    public async Task Answers_of_Intels_service_make_collateral_that_a_quote_passes_with()
    {
        var (info, identity, lists) = Intel.Parts(true);
        var host = new Host(address => address.PathAndQuery switch
        {
            "/tdx/certification/v4/tcb?fmspc=B0C06F000000" => Bytes(info, "TCB-Info-Issuer-Chain", Intel.Signers),
            "/tdx/certification/v4/qe/identity" =>
                Bytes(identity, "SGX-Enclave-Identity-Issuer-Chain", Intel.Signers),
            "/sgx/certification/v4/pckcrl?ca=platform&encoding=der" => Bytes(lists[1]),
            "/root.der" => Bytes(lists[0]),
            _ => new HttpResponseMessage(HttpStatusCode.NotFound),
        });
        using var http = new HttpClient(host);
        var source = new HttpCollateral(http, Addresses);
        var bundle = Intel.Quote(EvidenceKind.Tdx, 4, new byte[64]);
        var key = CollateralKey.Of(bundle)!;
        Assert.Equal(Key, key);
        var collateral = await source.FetchAsync(key, Cancel);
        var verdict = new EvidenceVerifier(Intel.Roots).Verify(
            bundle, collateral, new Question(TeePolicy.Default, Shape.Now, new ExpectedData.Anything()));
        Assert.Empty(verdict.Refusals);
        Assert.Equal(4, host.Asked.Count);
        var other = new CollateralKey.Intel("000000000000", "platform", true);
        Assert.Equal("collateral.refused",
            (await Assert.ThrowsAsync<EvidenceException>(() => source.FetchAsync(other, Cancel))).Code);
        Assert.Equal("collateral.address", (await Assert.ThrowsAsync<EvidenceException>(() =>
            new HttpCollateral(http, Addresses with { Intel = null }).FetchAsync(key, Cancel))).Code);
    }

    [Fact]
    public async Task A_chip_of_AMD_is_asked_for_by_its_id_and_versions()
    {
        var maker = new AmdMaker { Version = 3 };
        var bundle = maker.Bundle(new byte[64]);
        var chip = Convert.ToHexStringLower(maker.ChipId);
        var host = new Host(address => address.PathAndQuery == "/vcek/v1/Milan/crl"
            ? Bytes(maker.Collateral.Lists[0].ToArray())
            : address.PathAndQuery == $"/vcek/v1/Milan/{chip}?blSPL=3&teeSPL=0&snpSPL=8&ucodeSPL=115"
                ? Bytes(bundle.Certificates[0].ToArray()) : new HttpResponseMessage(HttpStatusCode.NotFound));
        using var http = new HttpClient(host);
        var bare = bundle with { Certificates = [] };
        var collateral = await new HttpCollateral(http, Addresses).FetchAsync(CollateralKey.Of(bare)!, Cancel);
        Assert.Empty(new EvidenceVerifier(AmdMaker.Roots).Verify(
            bare, collateral, new Question(TeePolicy.Default, Shape.Now, new ExpectedData.Anything())).Refusals);
    }

    [Fact]
    public async Task An_answer_without_end_is_cut_off()
    {
        using var http = new HttpClient(new Host(_ => Bytes(new byte[TeeLimits.CollateralBytesMax + 1])));
        var failure = await Assert.ThrowsAsync<EvidenceException>(() =>
            new HttpCollateral(http, Addresses).FetchAsync(Key, Cancel));
        Assert.Equal("collateral.size", failure.Code);
    }

    [Fact]
    public async Task A_folder_of_collateral_is_known_by_what_is_in_it()
    {
        var folder = Directory.CreateTempSubdirectory("stun-collateral-").FullName;
        try
        {
            var (info, identity, lists) = Intel.Parts(true);
            await File.WriteAllBytesAsync(Path.Combine(folder, "a"), info, Cancel);
            await File.WriteAllBytesAsync(Path.Combine(folder, "b"), identity, Cancel);
            await File.WriteAllBytesAsync(Path.Combine(folder, "c"), lists[0], Cancel);
            await File.WriteAllBytesAsync(Path.Combine(folder, "d"), lists[1], Cancel);
            await File.WriteAllBytesAsync(Path.Combine(folder, "e"), Intel.Signers, Cancel);
            await File.WriteAllTextAsync(Path.Combine(folder, "f"), "{ another's", Cancel);
            await File.WriteAllTextAsync(Path.Combine(folder, "g"), "another's", Cancel);
            var collateral = await CollateralFolder.Read(folder).FetchAsync(Key, Cancel);
            Assert.Empty(new EvidenceVerifier(Intel.Roots).Verify(
                Intel.Quote(EvidenceKind.Tdx, 4, new byte[64]), collateral,
                new Question(TeePolicy.Default, Shape.Now, new ExpectedData.Anything())).Refusals);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task From_a_folder_come_the_latest_list_of_each_authority_and_none_of_other_makers()
    {
        var folder = Directory.CreateTempSubdirectory("stun-collateral-").FullName;
        try
        {
            var milan = Authority.Root("ARK-Milan", new Shape());
            var genoa = Authority.Root("ARK-Genoa", new Shape());
            var other = Authority.Root("Another", new Shape());
            var intel = Authority.Root("Intel SGX PCK Platform CA, O=Intel Corporation", new Shape());
            byte[] List(Authority by, int days) => by.List(Shape.Now.AddDays(-1), Shape.Now.AddDays(days));
            byte[][] lists =
            [
                List(milan, 5), List(milan, 30), List(milan, 9), List(genoa, 7), List(other, 40), List(intel, 50),
            ];
            for (var at = 0; at < lists.Length; at++)
                await File.WriteAllBytesAsync(Path.Combine(folder, $"{at}"), lists[at], Cancel);
            var read = CollateralFolder.Read(folder);
            async Task<byte[][]> Of(CollateralKey key) =>
                [.. (await read.FetchAsync(key, Cancel)).Lists.Select(list => list.ToArray())];
            Assert.Equal([lists[1], lists[4]], await Of(new CollateralKey.Amd("Milan", false, null)));
            Assert.Equal([lists[3], lists[4]], await Of(new CollateralKey.Amd("Genoa", false, null)));
            byte[][] ofProcessors = [lists[1], lists[3], lists[4]];
            Assert.Equal(ofProcessors, await Of(new CollateralKey.Intel("B0C06F000000", "processor", true)));
            Assert.Equal([.. ofProcessors, lists[5]], await Of(Key));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Of_several_certificates_in_a_folder_the_one_whose_key_has_signed_is_taken()
    {
        var folder = Directory.CreateTempSubdirectory("stun-collateral-").FullName;
        try
        {
            var amd = new AmdMaker { Version = 3 };
            var good = amd.Bundle(new byte[64]);
            var others = Enumerable.Range(0, 12).Select(_ => amd.Bundle(new byte[64]).Certificates[0]).ToList();
            for (var at = 0; at < others.Count; at++)
                File.WriteAllBytes(Path.Combine(folder, $"{at:d2}"), others[at].Span);
            File.WriteAllBytes(Path.Combine(folder, "11b"), good.Certificates[0].Span);
            File.WriteAllBytes(Path.Combine(folder, "list"), amd.Collateral.Lists[0].Span);
            var bare = good with { Certificates = [] };
            var open = new Question(TeePolicy.Default, Shape.Now, new ExpectedData.Anything());
            var verifier = new EvidenceVerifier(AmdMaker.Roots);
            Assert.Empty(verifier.Verify(bare, CollateralFolder.Read(folder).For(bare), open).Refusals);
            // By whoever asks with all that lies there, too.
            Assert.Empty(verifier.Verify(bare, CollateralFolder.Read(folder).All, open).Refusals);
            var azure = new AzureMaker { Amd = amd }.Bundle(new byte[64]);
            File.WriteAllBytes(Path.Combine(folder, "12"), azure.Certificates[0].Span);
            var inAzure = azure with { Certificates = [] };
            Assert.Empty(verifier.Verify(inAzure, CollateralFolder.Read(folder).For(inAzure), open).Refusals);
            // A chain that lies about in another order, with a stranger before it.
            foreach (var path in Directory.GetFiles(folder)) File.Delete(path);
            var gpu = new GpuMaker();
            var report = gpu.Bundle(new byte[32]);
            ReadOnlyMemory<byte>[] parts =
                [new GpuMaker().Bundle(new byte[32]).Certificates[0], .. report.Certificates.Reverse()];
            for (var at = 0; at < parts.Length; at++)
                File.WriteAllBytes(Path.Combine(folder, $"{at}"), parts[at].Span);
            var nude = report with { Certificates = [] };
            // An authority of the same name with another key, too: it lies before the one that has signed.
            File.WriteAllBytes(Path.Combine(folder, "00"), Authority.Root("Test Identity", Shape.P384).Raw);
            Assert.Empty(new EvidenceVerifier(gpu.Roots).Verify(
                nude, CollateralFolder.Read(folder).For(nude), open).Refusals);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Evidence_of_Azure_needs_the_collateral_of_the_hardware_below_it()
    {
        var azure = new AzureMaker { Amd = new AmdMaker { Version = 3 } };
        var onAmd = azure.Bundle(new byte[64]);
        var inner = azure.Amd.Bundle(new byte[64]);
        Assert.Equal(CollateralKey.Of(inner), CollateralKey.Of(onAmd));
        Assert.Equal(CollateralKey.Of(inner with { Certificates = [] }),
            CollateralKey.Of(onAmd with { Certificates = [] }));
        Assert.Equal(Key, CollateralKey.Of(azure.OnTdx(Intel, new byte[64])));
        Assert.Null(CollateralKey.Of(azure.OnTdx(Intel, new byte[64]) with { Azure = null }));
    }

    [Fact]
    public void The_documents_list_of_checks_is_that_of_the_code()
    {
        var text = File.ReadAllText(Repository.PathOf("docs/operating/tee.md"));
        foreach (var (code, meaning) in CheckBook.All)
            Assert.Contains($"| `{code}` | {meaning} |", text, StringComparison.Ordinal);
        Assert.Equal(CheckBook.All.Count, text.Split('\n').Count(line =>
            line.StartsWith("| `", StringComparison.Ordinal) && line.Contains('.', StringComparison.Ordinal)
            && CheckBook.All.Any(each => line.StartsWith($"| `{each.Code}` |", StringComparison.Ordinal))));
        var codes = typeof(CheckBook).GetFields().Where(field => field.IsLiteral)
            .Select(field => (string)field.GetRawConstantValue()!).Order(StringComparer.Ordinal);
        Assert.Equal(codes, CheckBook.All.Select(each => each.Code).Order(StringComparer.Ordinal));
    }
}
