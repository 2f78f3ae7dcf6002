using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Stun.Execution.Linux;

namespace Stun.Integration.Serving;

/// <summary>A machine dies under many streams that an app reads through the door for models.</summary>
public sealed class FailoverTests
{
    private const int Count = 100, AtOnce = 5, Price = 100;

    private const string Question = """
        {"model":"letters","messages":[{"role":"user","content":"a provider "}],"max_tokens":600,"stream":true}
        """;

    [Fact]
    public async Task Of_a_hundred_streams_only_those_break_that_a_dead_replica_had_begun_and_nobody_pays_for_them()
    {
        await using var scene = await ServingScene.StartAsync();
        await ServeAsync(scene);
        var key = scene.StrangersKey();
        var streams = Enumerable.Range(0, Count).Select(_ => ReadAsync(scene, key)).ToList();
        // In the midst: some have ended, and most wait for a place.
        await scene.UntilAsync(() => Task.FromResult(streams.Count(stream => stream.IsCompleted) >= 10));
        KillOne();
        var told = await Task.WhenAll(streams);
        var ends = told.ToLookup(text => text.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal));
        var (whole, broken) = (ends[true].ToList(), ends[false].ToList());
        Assert.InRange(broken.Count, 1, AtOnce);
        // The same question has the same answer, whichever replica was asked.
        Assert.Single(whole.Select(SaidBy).Distinct());
        Assert.All(broken, text =>
        {
            var last = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[^1];
            Assert.Contains("\"code\":\"model.broken\"", last, StringComparison.Ordinal);
            Assert.StartsWith(SaidBy(text), SaidBy(whole[0]), StringComparison.Ordinal);
        });
        var used = (await scene.AskAsync("GET", "/v1/usage", null, key)).Json.GetProperty("sum");
        Assert.Equal(
            ((whole.Count * Price).ToString(CultureInfo.InvariantCulture), broken.Count),
            (used.GetProperty("charged").GetString(), used.GetProperty("failed").GetInt32()));
        // What died is wanted, and comes again.
        await scene.UntilReadyAsync("letters", 2);
    }

    private static async Task ServeAsync(ServingScene scene)
    {
        var model = await scene.RegisterAsync($$"""
            {"name":"letters","format":"pth","needs":{"cpu_millis":500,"memory_mib":128,"disk_mib":16},
             "file":{"digest":"{{await scene.UploadAsync(await scene.TrainAsync("letters"))}}"} }
            """);
        var (status, made) = await scene.AskAsync("POST", "/v1/services", $$"""
            {"name":"letters","model":"{{model}}","price_per_hour_max":"10000000","shared":true,
             "prices":{"per_request":"{{Price}}"},"replicas":{"min":2,"max":2},"in_flight_max":{{AtOnce}},
             "queue_max":{{Count}} }
            """);
        Assert.True(status == HttpStatusCode.Created, made.ToString());
        await scene.UntilReadyAsync("letters", 2);
    }

    private static async Task<string> ReadAsync(ServingScene scene, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(Question, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await scene.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        return text;
    }

    private static string SaidBy(string stream) => string.Concat(stream
        .Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
        .Where(part => part.StartsWith("data: {", StringComparison.Ordinal))
        .Select(part => JsonDocument.Parse(part["data: ".Length..]).RootElement)
        .Where(part => part.TryGetProperty("choices", out _))
        .SelectMany(part => part.GetProperty("choices").EnumerateArray())
        .Select(choice => choice.GetProperty("delta").TryGetProperty("content", out var piece)
            ? piece.GetString() : ""));

    /// <summary>One of the two replicas, as the kernel would for want of memory.</summary>
    private static void KillOne()
    {
        var serving = Directory.EnumerateDirectories("/proc")
            .Where(process => int.TryParse(Path.GetFileName(process), out _)
                && WordsOf(process) is [_, ServingScene.Runner, "serve"])
            .Select(process => int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(2, serving.Count);
        Assert.True(Kernel.Kill(serving[0], Kernel.SignalKill));
    }

    private static string[] WordsOf(string process)
    {
        try
        {
            var words = File.ReadAllText(Path.Combine(process, "cmdline"));
            return words.Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            return [];
        }
    }
}
