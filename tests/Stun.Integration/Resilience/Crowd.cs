using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Stun.Node.Gateway;

namespace Stun.Integration.Resilience;

/// <summary>What a submitter was told of one of its tasks.</summary>
public sealed class Told(string key)
{
    public string Key => key;
    public string? Id { get; set; }
    public string State { get; set; } = "";
    public string? Reason { get; set; }
    public string? Result { get; set; }
    public int Tries { get; set; }

    /// <summary>What the last try came to.</summary>
    public string Last { get; set; } = "";

    /// <summary>Everything that should never have been said.</summary>
    public List<string> Wrongs { get; } = [];

    public bool IsFinal => State is "complete" or "failed" or "cancelled";

    public override string ToString() =>
        $"{key} {Id} {State} {Reason} tried {Tries} {Last} {string.Join(", ", Wrongs)}";
}

/// <summary>
/// Submitters, each with one task at a time. They hand it in under its key again and again, through every failure,
/// until they are told how it ended: all they ever do is ask the same thing again.
/// </summary>
public sealed class Crowd : IAsyncDisposable
{
    private const string Image = "sha256:5e20000000000000000000000000000000000000000000000000000000000000";
    private readonly HttpClient client;
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> workers = [];
    private readonly ConcurrentQueue<Told> told = new();
    private readonly string name = Guid.NewGuid().ToString("N")[..8];
    private readonly int pauseMs;
    private readonly DateTimeOffset? deadline;

    public Crowd(Uri address, string key, int count, int pauseMs, DateTimeOffset? deadline = null)
    {
        (this.pauseMs, this.deadline) = (pauseMs, deadline);
        client = new HttpClient(new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(2),
            MaxConnectionsPerServer = count + 4,
        })
        {
            BaseAddress = address,
            Timeout = TimeSpan.FromSeconds(15),
        };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        for (var index = 0; index < count; index++)
        {
            var number = index;
            workers.Add(Task.Run(() => WorkAsync(number)));
        }
    }

    public IReadOnlyCollection<Told> All => told;

    public int FinalCount => told.Count(one => one.IsFinal);

    public int AcceptedCount => told.Count(one => one.Id is not null);

    public static (string Id, string Key, string Hash) NewKey()
    {
        var (id, key, hash) = Doorkeeper.NewKey();
        return (id, key, Convert.ToHexString(hash));
    }

    public static string CommandOf(string key) => $"say {key}";

    /// <summary>Until this many tasks more have been accepted.</summary>
    public async Task AcceptedAsync(int more, int seconds = 60)
    {
        var began = Stopwatch.GetTimestamp();
        for (var goal = AcceptedCount + more; AcceptedCount < goal;)
        {
            if (Stopwatch.GetElapsedTime(began).TotalSeconds > seconds)
                Assert.Fail($"{goal - AcceptedCount} of {more} were not accepted; these wait:\n"
                    + string.Join('\n', told.Where(one => !one.IsFinal)));
            await Task.Delay(5);
        }
    }

    /// <summary>Hands nothing new in, and waits until every task has ended.</summary>
    public async Task FinishAsync(int seconds = 90)
    {
        await stop.CancelAsync();
        var all = Task.WhenAll(workers);
        if (await Task.WhenAny(all, Task.Delay(TimeSpan.FromSeconds(seconds))) == all) return;
        Assert.Fail("These never ended:\n" + string.Join('\n', told.Where(one => !one.IsFinal)));
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        client.Dispose();
        await Task.WhenAll(workers);
        stop.Dispose();
    }

    private async Task WorkAsync(int worker)
    {
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            var one = new Told($"{name}-{worker}-{number}");
            told.Enqueue(one);
            var body = Body(one.Key, ((worker * 7) + number) % 20);
            while (!one.IsFinal && one.Wrongs.Count == 0)
            {
                one.Tries++;
                if (!await TryAsync(one, body)) return;
            }
            if (one.Wrongs.Count > 0) return;
            if (pauseMs > 0)
                await Task.Delay(pauseMs, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>False when the crowd was sent home.</summary>
    private async Task<bool> TryAsync(Told one, string body)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "v1/tasks?wait=2");
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            request.Headers.Add("Idempotency-Key", one.Key);
            using var response = await client.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            one.Last = $"{(int)response.StatusCode}";
            if (response.StatusCode == HttpStatusCode.Created) Take(one, text);
            else if (!MayPass(response.StatusCode)) one.Wrongs.Add($"{(int)response.StatusCode} {text}");
            if (!one.IsFinal) await Task.Delay(20);
            return true;
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or OperationCanceledException)
        {
            // Nobody there, cut in the middle, or too slow: asked again.
            one.Last = gone.Message;
            await Task.Delay(20);
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private static bool MayPass(HttpStatusCode status) =>
        status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout or HttpStatusCode.TooManyRequests;

    private static void Take(Told one, string text)
    {
        using var json = JsonDocument.Parse(text);
        string? Word(string field) => json.RootElement.TryGetProperty(field, out var value) ? value.GetString() : null;
        var (id, state) = (Word("id"), Word("state")!);
        if (one.Id is not null && one.Id != id) one.Wrongs.Add($"two tasks for one key: {one.Id} and {id}");
        (one.Id, one.State, one.Reason, one.Result) = (id, state, Word("reason"), Word("result"));
    }

    private string Body(string key, int draw) => JsonSerializer.Serialize(new Dictionary<string, object?>
    {
        ["image"] = Image,
        ["command"] = (string[])["say", key],
        ["run_time_max_seconds"] = 1,
        ["price_limit"] = "2000",
        ["verification"] = draw switch
        {
            0 => new Dictionary<string, object> { ["kind"] = "audit", ["rate_ppm"] = 500_000 },
            1 or 2 => new Dictionary<string, object> { ["kind"] = "redundant", ["agreeing"] = 2, ["attempts"] = 3 },
            _ => new Dictionary<string, object> { ["kind"] = "none" },
        },
        ["deadline"] = deadline,
    }.Where(field => field.Value is not null).ToDictionary());
}
