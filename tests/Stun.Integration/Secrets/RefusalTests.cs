using System.Security.Cryptography;
using Stun.Execution.Tools;
using Stun.Integration.Commands;
using Stun.Integration.Gateway;
using Stun.Node.Gateway;
using Stun.Node.Hosting;
using Stun.Node.Secrets;
using Stun.Tee;
using Stun.Tee.Software;
using Challenge = Stun.Tee.Challenge;

namespace Stun.Integration.Secrets;

/// <summary>Providers that are not what a secret asks for: nothing is sent, and the requester reads why.</summary>
public sealed class RefusalTests : IDisposable
{
    private static readonly byte[] Listed = SHA256.HashData("a program on the list"u8);

    private readonly SoftwareTeeRoot root = new(DateTimeOffset.UtcNow);
    private readonly string home = Directory.CreateTempSubdirectory("stun-refusal-").FullName;
    private readonly SoftwareTee honest;

    public RefusalTests() => honest = root.Issue(Listed, DateTimeOffset.UtcNow);

    public void Dispose()
    {
        honest.Dispose();
        root.Dispose();
        Directory.Delete(home, recursive: true);
    }

    [Fact]
    public async Task A_provider_without_evidence_is_given_nothing()
    {
        await using var node = await LiveNode.StartAsync();
        var told = await AskAsync(node);
        Assert.Contains("[secret.nobody]", told);
        Assert.Contains("nothing was sent", told);
    }

    [Fact]
    public async Task Forged_evidence_is_refused_for_its_signature() =>
        Assert.Contains("[evidence.signature]", await LieAsync((challenge, now) =>
        {
            var bundle = honest.Attest(challenge, now);
            var bytes = bundle.Evidence.ToArray();
            bytes[^1] ^= 1;
            return Task.FromResult(bundle with { Evidence = bytes });
        }));

    [Fact]
    public async Task An_answer_to_an_older_challenge_is_refused()
    {
        EvidenceBundle? first = null;
        Assert.Contains("[evidence.binding]", await LieAsync((challenge, now) => Task.FromResult(
            first ??= honest.Attest(
                new Challenge(RandomNumberGenerator.GetBytes(32), challenge.PublicKey), now))));
    }

    /// <summary>Its owner asks honest hardware elsewhere, as a requester would, and shows that answer.</summary>
    [Fact]
    public async Task The_answer_of_another_provider_is_refused()
    {
        Address elsewhere = new(1, 2, 3);
        Assert.Contains("[evidence.binding]", await LieAsync((challenge, now) => Task.FromResult(
            honest.Attest(new Challenge(
                EvidenceNonce.ForRequest(elsewhere, challenge.Nonce.Span), challenge.PublicKey), now))));
    }

    [Fact]
    public async Task What_its_host_can_look_into_is_refused() =>
        Assert.Contains("[evidence.debug]", await LieAsync((challenge, now) =>
        {
            using var open = root.Issue(Listed, now, isDebug: true);
            return Task.FromResult(open.Attest(challenge, now));
        }));

    [Fact]
    public async Task Another_program_is_refused() =>
        Assert.Contains("[evidence.measurement]", await LieAsync((challenge, now) =>
        {
            using var other = root.Issue(SHA256.HashData("another program"u8), now);
            return Task.FromResult(other.Attest(challenge, now));
        }));

    [Fact]
    public async Task Security_versions_that_are_too_low_are_refused() =>
        Assert.Contains("[tcb.minimum]", await LieAsync(
            (challenge, now) => Task.FromResult(honest.Attest(challenge, now)), """, "tcb_minimum": {"svn": 2}"""));

    [Fact]
    public async Task Evidence_of_long_ago_is_refused() =>
        Assert.Contains("[software.age]", await LieAsync(
            (challenge, now) => Task.FromResult(honest.Attest(challenge, now.AddDays(-1)))));

    [Fact]
    public async Task A_root_that_the_requester_does_not_trust_is_refused()
    {
        using var stranger = new SoftwareTeeRoot(DateTimeOffset.UtcNow);
        Assert.Contains("[chain.path]", await LieAsync((challenge, now) =>
        {
            using var other = stranger.Issue(Listed, now);
            return Task.FromResult(other.Attest(challenge, now));
        }));
    }

    private async Task<string> LieAsync(
        Func<Challenge, DateTimeOffset, Task<EvidenceBundle>> lie, string more = "")
    {
        const int providers = 3;
        var ground = TeeGround.Plain with
        {
            Source = new LyingSource(honest, providers, lie),
            Roots = TrustRoots.Pinned.WithSoftware(root.Certificate),
        };
        await using var node = await LiveNode.StartAsync(change: options => options with
        {
            Pretence = Pretence.Tee,
            Tee = ground,
        });
        var told = await AskAsync(node, more);
        Assert.True(told.Contains("[release.refused]", StringComparison.Ordinal), told);
        Assert.Contains("Nothing secret was sent", told);
        var tasks = (await node.AskAsync("GET", "/v1/tasks?limit=50")).Json.GetProperty("tasks");
        foreach (var task in tasks.EnumerateArray())
        {
            var order = await node.AskAsync("GET", $"/v1/tasks/{task.GetProperty("id").GetString()}/order");
            Assert.Equal("attestation", order.Json.GetProperty("kind").GetString());
        }
        return told;
    }

    private async Task<string> AskAsync(LiveNode node, string more = "")
    {
        var (secret, policy, trusted) = (
            Path.Combine(home, "secret"), Path.Combine(home, "policy.json"), Path.Combine(home, "root.der"));
        await File.WriteAllTextAsync(secret, "of nobody's business");
        await File.WriteAllBytesAsync(trusted, root.Certificate.ToArray());
        await File.WriteAllTextAsync(policy, $$"""
            {"kinds":["software"],"development":true,
             "measurements":[{"measurement":"{{Convert.ToHexStringLower(Listed)}}"}]{{more}}}
            """);
        var run = await Tool.RunAsync("env",
            [
                $"STUN_HOME={home}", "dotnet", CommandScene.Binary, "run", LiveNode.Image, "--secret", policy,
                "--software-root", trusted, "--input", $"in.txt={secret}", "--memory", "256MiB", "--disk", "16MiB",
                "--node", node.Http.BaseAddress!.ToString(), "--key", node.Keys[ApiRole.Requester],
                "--", "cat", "/in/in.txt",
            ], TimeSpan.FromSeconds(90));
        Assert.NotEqual(0, run.ExitCode);
        return run.Errors;
    }
}
