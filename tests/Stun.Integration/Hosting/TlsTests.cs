using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Stun.Integration.Commands;
using Stun.Node.Configuration;
using Stun.Node.Gateway;
using Stun.Node.Hosting;
using Stun.Node.Transport;

namespace Stun.Integration.Hosting;

/// <summary>Nodes that speak TLS themselves, with a certificate that nobody but their peers knows.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("stun-tls-").FullName;
    private readonly Digest pin;

    public TlsTests() => pin = Renew();

    private string Chain => Path.Combine(folder, "tls.crt");

    private string Key => Path.Combine(folder, "tls.key");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_provider_that_knows_the_hub_by_its_certificate_runs_a_task_and_brings_its_result()
    {
        var network = new DevNetwork(Options("hub") with
        {
            Roles = NodeRoles.All & ~NodeRoles.Providers,
            Door = new DoorSettings { Certificate = DoorCertificate.Open(Chain, Key, TimeProvider.System, Silent) },
        });
        await using var hub = await network.StartAsync(Silent, CancellationToken.None);
        Assert.Equal("https", hub.Address!.Scheme);
        await using var far = await new DevNetwork(Options("far") with
        {
            Roles = NodeRoles.Providers,
            ProviderNames = ["alpha"],
            Hubs = [new HubSettings($"wss://127.0.0.1:{hub.Address.Port}", pin)],
        }).StartAsync(Silent, CancellationToken.None);
        var form = new TaskForm
        {
            Image = "sha256:" + new string('1', 64),
            Command = ["say", "hello"],
            Resources = new ResourcesForm { CpuMillis = 10, MemoryMib = 1, DiskMib = 1 },
            Verification = new VerificationForm { Kind = "none" },
            RunTimeMaxSeconds = 2,
        };
        var order = OrderDesk.Read(form, network.Requester.Address, Intake.NewKey(), hub.Process.Pump.Now);
        var intake = hub.Process.Intake!;
        var follow = await intake.SubmitAsync(intake.Sign(order), CancellationToken.None);
        await follow.Ended.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(FinalState.Complete, follow.End!.State);
        // Over the API of the hub, which shows the same certificate.
        await using var result = hub.Blobs.TryOpen(follow.Result!.Result);
        Assert.NotNull(result);
    }

    [Fact]
    public async Task A_node_by_its_configuration_speaks_tls_keeps_its_limits_and_logs_what_it_is_told_to()
    {
        WalletScene.WritePassword(folder);
        Directory.CreateDirectory(Path.Combine(folder, "data"));
        WalletScene.WritePassword(Path.Combine(folder, "data"));
        var keys = new[] { "gateway", "scheduler", "escrow", "validator" }.ToDictionary(
            name => name, name => WalletScene.MakeKey(Path.Combine(folder, "data"), $"node-{name}"));
        var config = Path.Combine(folder, "node.yaml");
        await File.WriteAllTextAsync(config, $$"""
            data-directory: data
            roles: [gateway, scheduler, escrow, validator]
            listen: { port: 0, tls-certificate: tls.crt, tls-key: tls.key, public-url: "https://stun.example:8443" }
            keys: { password-file: password }
            limits: { body-bytes: 2KiB, requests-per-second-per-address: 2 }
            telemetry: { log-level: information }
            network:
              chain-id: 31337
              escrow: "{{keys["escrow"]}}"
              validators: ["{{keys["validator"]}}"]
              schedulers: ["{{keys["scheduler"]}}"]
              treasury: "{{keys["gateway"]}}"
            provider: { executor: noop }

            """);
        await using (var node = new SpokenProcess(folder, "node", "start", "--config", config))
        {
            var url = new Uri((await node.LineAsync(" at http")).Split(" at ")[1].Trim());
            Assert.Equal("https", url.Scheme);
            using var http = Http();
            var word = await http.PostAsync(new Uri(url, "/v1/auth/challenges"), Json(
                """{"address":"0x8ba1f109551bd432803012645ac136ddd64dba72"}"""));
            Assert.Contains("stun.example:8443 wants you", await word.Content.ReadAsStringAsync());
            var large = await http.PostAsync(new Uri(url, "/v1/auth/challenges"), Json(new string(' ', 3_000)));
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
            List<HttpStatusCode> answers = [];
            while (answers.Count < 400 && !answers.Contains(HttpStatusCode.TooManyRequests))
                answers.Add((await http.GetAsync(new Uri(url, "/v1/network"))).StatusCode);
            Assert.Equal(HttpStatusCode.OK, answers[0]);
            Assert.Equal(HttpStatusCode.TooManyRequests, answers[^1]);
            // Until it is let in again.
            await Task.Delay(TimeSpan.FromSeconds(3));
            var line = JsonDocument.Parse(await node.LineAsync("node.started")).RootElement;
            Assert.Equal("info", line.GetProperty("level").GetString());
            Assert.EndsWith($"{url}", line.GetProperty("text").GetString());
            await using var known = new SpokenProcess(Path.Combine(folder, "one"), Seller(url, $"sha256:{pin}"));
            // Links, and calls of the API: it asks there what its account has.
            Assert.Contains("1000", await known.LineAsync("[provider.no-stake]"));
            var stranger = await CommandScene.RunInAsync(
                Path.Combine(folder, "two"), Seller(url, "sha256:" + new string('0', 64)));
            Assert.True(stranger.ExitCode != 0, stranger.Output);
            Assert.Contains("[node.certificate]", stranger.Errors);
            var open = await CommandScene.RunInAsync(Path.Combine(folder, "two"),
                Seller(new Uri($"http://{url.Authority}"), $"sha256:{pin}"));
            Assert.Contains("an address that shows none", open.Errors);
            var odd = await CommandScene.RunInAsync(Path.Combine(folder, "two"), Seller(url, "sha256:12"));
            Assert.Contains("'sha256:12' is no digest of a certificate.", odd.Errors);
        }
        await File.WriteAllTextAsync(Key, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        var refused = await CommandScene.RunInAsync(folder, "node", "start", "--config", config);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("[listen.tls]", refused.Errors);
        Assert.Contains(Chain, refused.Errors);
    }

    [Fact]
    public void A_renewed_certificate_is_shown_soon_and_a_broken_one_never()
    {
        var clock = new SetClock();
        List<string> said = [];
        var door = DoorCertificate.Open(Chain, Key, clock, (code, _) => said.Add(code));
        Assert.Equal(pin, PinOf(door));
        var next = Renew();
        Assert.Equal(pin, PinOf(door));
        clock.Now += TimeSpan.FromSeconds(31);
        Assert.Equal(next, PinOf(door));
        var whole = File.ReadAllText(Chain);
        foreach (var broken in (string[])["half a certifi", "half a certifi"])
        {
            File.WriteAllText(Chain, broken);
            clock.Now += TimeSpan.FromSeconds(31);
            Assert.Equal(next, PinOf(door));
        }
        File.WriteAllText(Chain, whole);
        clock.Now += TimeSpan.FromSeconds(31);
        Assert.Equal(next, PinOf(door));
        File.Delete(Key);
        clock.Now += TimeSpan.FromSeconds(31);
        Assert.Equal(next, PinOf(door));
        var last = Renew();
        clock.Now += TimeSpan.FromSeconds(31);
        Assert.Equal(last, PinOf(door));
        Assert.Equal(["listen.tls-renewed", "listen.tls", "listen.tls", "listen.tls-renewed"], said);
    }

    [Fact]
    public void A_certificate_behind_a_link_to_a_folder_that_is_exchanged_is_renewed_too()
    {
        var clock = new SetClock();
        var (one, two, link) = (Path.Combine(folder, "one"), Path.Combine(folder, "two"), Path.Combine(folder, "now"));
        foreach (var place in (string[])[one, two])
        {
            _ = Renew();
            Directory.CreateDirectory(place);
            File.Copy(Chain, Path.Combine(place, "tls.crt"));
            File.Copy(Key, Path.Combine(place, "tls.key"));
        }
        Directory.CreateSymbolicLink(link, one);
        var door = DoorCertificate.Open(
            Path.Combine(link, "tls.crt"), Path.Combine(link, "tls.key"), clock, Silent);
        var before = PinOf(door);
        Directory.Delete(link);
        Directory.CreateSymbolicLink(link, two);
        clock.Now += TimeSpan.FromSeconds(31);
        Assert.NotEqual(before, PinOf(door));
    }

    private string[] Seller(Uri hub, string certificate) =>
    [
        "provider", "start", "--hub", $"{hub}", "--hub-certificate", certificate, "--executor", "noop", "--no-measure",
        "--offer", "price=5,cpu=1,memory=512MiB,disk=512MiB,region=eu-de,stake=1000",
        "--password-file", Path.Combine(folder, "password"),
    ];

    private static Digest PinOf(DoorCertificate door) =>
        Digest.Read(SHA256.HashData(door.Current.ServerCertificateContext!.TargetCertificate.RawData));

    private static void Silent(string code, string text) { }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private HttpClient Http() => new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                Digest.Read(SHA256.HashData(certificate!.GetRawCertData())) == pin,
        },
    });

    /// <returns>What peers know it by.</returns>
    private Digest Renew()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=stun.example", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Chain, made.ExportCertificatePem());
        File.WriteAllText(Key, key.ExportPkcs8PrivateKeyPem());
        return Digest.Read(SHA256.HashData(made.RawData));
    }

    private DevOptions Options(string name) => new(Path.Combine(folder, name), Path.Combine(folder, $"{name}-images"))
    {
        KeyHome = Path.Combine(folder, "keys"),
        Executor = ExecutorKind.Noop,
        ValidatorCount = 1,
        Boundless = true,
    };

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UtcNow;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
