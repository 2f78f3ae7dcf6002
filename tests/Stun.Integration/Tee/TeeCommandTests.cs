using System.Text.Json;
using Stun.Execution.Tools;
using Stun.Integration.Commands;
using Stun.Tee;
using Stun.Tee.Software;

namespace Stun.Integration.Tee;

/// <summary>stun tee, as a person calls it.</summary>
public sealed class TeeCommandTests : IDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("stun-tee-").FullName;
    private readonly DateTimeOffset now = DateTimeOffset.UtcNow;
    private readonly byte[] nonce = [.. Enumerable.Range(0, 32).Select(each => (byte)each)];

    public void Dispose() => Directory.Delete(home, recursive: true);

    private Task<ToolResult> RunAsync(params string[] words) => CommandScene.RunInAsync(home, ["tee", .. words]);

    private string Write(string name, ReadOnlySpan<byte> bytes)
    {
        var path = Path.Combine(home, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private (string Evidence, string Root) Software()
    {
        using var root = new SoftwareTeeRoot(now);
        using var tee = root.Issue(Enumerable.Repeat((byte)0xaa, 32).ToArray(), now);
        var bundle = tee.Attest(new Challenge(nonce, new byte[65]), now);
        return (Write("evidence", bundle.Encode()), Write("root", root.Certificate.Span));
    }

    [Fact]
    public async Task Software_is_refused_by_default_and_accepted_by_a_policy_for_trying_out()
    {
        var (evidence, root) = Software();
        var plain = await RunAsync("verify", evidence, "--nonce", Convert.ToHexString(nonce));
        Assert.Equal(3, plain.ExitCode);
        Assert.StartsWith("REFUSED: software", plain.Output, StringComparison.Ordinal);
        Assert.Contains("software.allowed", plain.Output, StringComparison.Ordinal);

        var policy = Write("policy.json", """
            {"kinds":["software"],"development":true,"measurements":[{"measurement":
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}]}
            """u8);
        string[] words = ["verify", evidence, "--policy", policy, "--software-root", root, "--nonce"];
        var taken = await RunAsync([.. words, Convert.ToHexString(nonce)]);
        Assert.Equal(0, taken.ExitCode);
        Assert.Contains("NO HARDWARE PROTECTS ANYTHING", taken.Output, StringComparison.Ordinal);
        var other = await RunAsync([.. words, new string('0', 64), "--json"]);
        Assert.Equal(3, other.ExitCode);
        using var document = JsonDocument.Parse(other.Output);
        Assert.False(document.RootElement.GetProperty("accepted").GetBoolean());
        Assert.Equal("evidence.binding", document.RootElement.GetProperty("checks").EnumerateArray()
            .Single(check => check.GetProperty("outcome").GetString() == "FAILED").GetProperty("code").GetString());
        var later = await RunAsync([.. words, Convert.ToHexString(nonce), "--at", "2040-01-01T00:00:00Z"]);
        Assert.Equal(3, later.ExitCode);
        Assert.Contains("chain.time", later.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_read_is_named_with_what_to_do()
    {
        var (evidence, _) = Software();
        var shown = await RunAsync("inspect", evidence);
        Assert.Equal(0, shown.ExitCode);
        Assert.Contains("NOTHING OF THIS IS CHECKED", shown.Output, StringComparison.Ordinal);
        var noise = await RunAsync("inspect", Write("noise", "hello"u8));
        Assert.Equal(1, noise.ExitCode);
        Assert.Contains("[format.unknown]", noise.Errors, StringComparison.Ordinal);
        var cut = await RunAsync("verify", Write("cut", File.ReadAllBytes(evidence).AsSpan()[..^9]));
        Assert.Equal(1, cut.ExitCode);
        Assert.Contains("[format.bundle]", cut.Errors, StringComparison.Ordinal);
        var time = await RunAsync("verify", evidence, "--at", "yesterday");
        Assert.Equal(2, time.ExitCode);
        var word = await RunAsync("verify", evidence, "--policy", Write("p", "{\"measurments\":\"any\"}"u8));
        Assert.Contains("'measurments'", word.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Levels_are_shown_part_by_part_and_each_certificate_by_itself()
    {
        var vectors = Path.GetFullPath(Path.Combine(WorkingCopy.Root, "..", "shared", "vectors", "tee", "sgx"));
        Assert.SkipUnless(Directory.Exists(vectors), "The real evidence is not beside the repository.");
        var folder = Directory.CreateDirectory(Path.Combine(home, "intel")).FullName;
        File.Copy(Path.Combine(vectors, "phala_sgx_quote_v3.collateral.json"), Path.Combine(folder, "collateral"));
        string[] words = [Path.Combine(vectors, "phala_sgx_quote_v3.bin"), "--collateral", folder];
        var shown = await RunAsync(["inspect", .. words]);
        Assert.Equal(0, shown.ExitCode);
        Assert.Matches("platform +ConfigurationAndSWHardeningNeeded +[0-9-]+ +INTEL-SA-00289, INTEL-SA-00615",
            shown.Output);
        Assert.Matches("quoting enclave +UpToDate", shown.Output);
        var judged = await RunAsync(["verify", .. words, "--at", "2025-06-25T00:00:00Z", "--json"]);
        Assert.Equal(3, judged.ExitCode);
        using var document = JsonDocument.Parse(judged.Output);
        Assert.Equal(["platform", "quoting enclave"], document.RootElement.GetProperty("levels").EnumerateArray()
            .Select(level => level.GetProperty("part").GetString()));
        Assert.Contains(document.RootElement.GetProperty("certificates").EnumerateArray(), each =>
            each.GetProperty("chain").GetString() == "the platform" && each.GetProperty("position").GetInt32() == 1
            && each.GetProperty("outcome").GetString() == "passed");
    }
}
