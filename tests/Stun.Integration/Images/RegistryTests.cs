using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Stun.Execution;
using Stun.Execution.Images;
using Stun.Execution.Tools;

namespace Stun.Integration.Images;

/// <summary>Bringing images from a registry, a real one on this machine.</summary>
public sealed class RegistryTests : IDisposable
{
    private readonly ImageWorkshop workshop = new();
    private Process? registry;
    private int port;

    private static CancellationToken Stop => ImageWorkshop.Stop;

    public void Dispose()
    {
        registry?.Kill();
        registry?.WaitForExit();
        registry?.Dispose();
        workshop.Dispose();
    }

    [Theory]
    [InlineData("oci")]
    [InlineData("v2s2")]
    public async Task An_image_is_pulled_by_tag_and_by_digest_in_both_formats(string format)
    {
        var host = await StartAsync();
        var digest = await PushAsync(host, "one", format);
        using var store = await workshop.OpenAsync();
        var progress = new ImageWorkshop.Recorder();
        using var byTag = await store.AcquireAsync(
            ImageSource.Parse($"docker+http://{host}/test/one:1"), digest, progress, Stop);
        Assert.Equal("one", await File.ReadAllTextAsync(Path.Combine(byTag.Root, "data", "text"), Stop));
        Assert.Equal(ImageWorkshop.Config, byTag.Config);
        Assert.Contains(progress.Seen, seen => seen.Stage == ImageStage.Fetch && seen.TotalBytes > 1_000_000);
        using var byDigest = await BringAsync(store, $"docker+http://{host}/test/one@sha256:{digest}");
        Assert.Equal(digest, byDigest.Digest);
        Assert.Equal(1, store.PullCount);

        using var other = await workshop.OpenAsync(store: "other");
        using var fresh = await BringAsync(other, $"docker+http://{host}/test/one@sha256:{digest}");
        Assert.Equal(digest, fresh.Digest);
    }

    [Fact]
    public async Task By_tag_and_by_digest_at_once_is_one_pull()
    {
        var host = await StartAsync();
        var digest = await PushAsync(host, "one", "oci");
        using var store = await workshop.OpenAsync();
        var images = await Task.WhenAll(Enumerable.Range(0, 6).Select(index => BringAsync(store,
            index % 2 == 0 ? $"docker+http://{host}/test/one:1" : $"docker+http://{host}/test/one@sha256:{digest}")));
        Assert.All(images, image => Assert.Equal(digest, image.Digest));
        Assert.Equal(1, store.PullCount);
    }

    [Fact]
    public async Task A_layer_changed_in_the_registry_is_refused()
    {
        var host = await StartAsync();
        var digest = await PushAsync(host, "one", "oci");
        var layer = Directory.EnumerateFiles(workshop.PathOf("registry"), "data", SearchOption.AllDirectories)
            .MaxBy(file => new FileInfo(file).Length)!;
        var bytes = await File.ReadAllBytesAsync(layer, Stop);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(layer, bytes, Stop);
        using var store = await workshop.OpenAsync();
        var failure = await Assert.ThrowsAsync<ExecutionException>(() =>
            BringAsync(store, $"docker+http://{host}/test/one@sha256:{digest}"));
        Assert.Equal("image.digest-mismatch", failure.Code);
        Assert.Empty(workshop.StagingOf());
    }

    [Fact]
    public async Task What_is_missing_and_what_speaks_no_tls_are_told_apart()
    {
        var host = await StartAsync();
        await PushAsync(host, "one", "oci");
        using var store = await workshop.OpenAsync();
        var missing = await Assert.ThrowsAsync<ExecutionException>(() =>
            BringAsync(store, $"docker+http://{host}/test/two:1"));
        Assert.Equal("image.not-found", missing.Code);
        var plain = await Assert.ThrowsAsync<ExecutionException>(() =>
            BringAsync(store, $"docker://{host}/test/one:1"));
        Assert.Equal("image.registry", plain.Code);
        var other = await Assert.ThrowsAsync<ExecutionException>(() => store.AcquireAsync(
            ImageSource.Parse($"docker+http://{host}/test/one:1"), new Digest(1, 2, 3, 4), ImageWorkshop.Silent, Stop));
        Assert.Equal("image.digest-mismatch", other.Code);
    }

    [Fact]
    public async Task An_index_gives_the_variant_for_this_machine()
    {
        var host = await StartAsync();
        var (layout, digest) = workshop.Image("one", LayerForm.Gzip);
        // Our layouts are themselves an index: pushed whole, the registry has both digests.
        await workshop.SkopeoAsync($"oci:{layout}:1", $"docker://{host}/test/one:1", "--dest-tls-verify=false");
        var bytes = new FileInfo(Path.Combine(layout, "blobs", "sha256", digest.ToString())).Length;
        var index = $$$"""
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[
            {"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:{{{digest}}}","size":{{{bytes}}},
            "platform":{"architecture":"amd64","os":"linux"}}]}
            """;
        using var http = new HttpClient();
        using var content = new StringContent(index, System.Text.Encoding.UTF8,
            new System.Net.Http.Headers.MediaTypeHeaderValue("application/vnd.oci.image.index.v1+json"));
        (await http.PutAsync($"http://{host}/v2/test/one/manifests/all", content, Stop)).EnsureSuccessStatusCode();
        var above = ImageDigest.Of(System.Text.Encoding.UTF8.GetBytes(index));
        using var store = await workshop.OpenAsync();
        using var image = await BringAsync(store, $"docker+http://{host}/test/one@sha256:{above}");
        Assert.Equal(digest, image.Digest);
        using var again = await store.AcquireAsync(
            ImageSource.Parse($"docker+http://{host}/test/one:all"), above, ImageWorkshop.Silent, Stop);
        Assert.Equal((digest, 1), (again.Digest, store.PullCount));
    }

    private static Task<UnpackedImage> BringAsync(ImageStore store, string source) =>
        store.AcquireAsync(ImageSource.Parse(source), null, ImageWorkshop.Silent, Stop);

    private async Task<Digest> PushAsync(string host, string text, string format)
    {
        var (layout, _) = workshop.Image(text, LayerForm.Gzip);
        var file = workshop.PathOf("digest");
        await workshop.SkopeoAsync($"oci:{layout}:1", $"docker://{host}/test/{text}:1", "--dest-tls-verify=false",
            "--format", format, "--digestfile", file);
        Assert.True(ImageDigest.TryParse((await File.ReadAllTextAsync(file, Stop)).Trim(), out var digest));
        return digest;
    }

    private async Task<string> StartAsync()
    {
        Assert.SkipUnless(Tool.Find("docker-registry") is not null, "docker-registry is not installed");
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }
        var host = $"127.0.0.1:{port}";
        var file = workshop.PathOf("registry.yml");
        await File.WriteAllTextAsync(file, $$$"""
            version: 0.1
            log: {level: warn}
            storage: {filesystem: {rootdirectory: {{{workshop.PathOf("registry")}}}}}
            http: {addr: {{{host}}}}
            """, Stop);
        registry = Process.Start(new ProcessStartInfo(Tool.Find("docker-registry")!, ["serve", file])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        registry.BeginErrorReadLine();
        registry.BeginOutputReadLine();
        using var http = new HttpClient();
        for (var patience = Stopwatch.StartNew(); ;)
        {
            try
            {
                (await http.GetAsync($"http://{host}/v2/", Stop)).EnsureSuccessStatusCode();
                return host;
            }
            catch (HttpRequestException) when (patience.Elapsed < TimeSpan.FromSeconds(20))
            {
                await Task.Delay(20, Stop);
            }
        }
    }

}
