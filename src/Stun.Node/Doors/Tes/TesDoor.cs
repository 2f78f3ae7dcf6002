using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Stun.Node.Gateway;

namespace Stun.Node.Doors.Tes;

/// <summary>
/// GA4GH TES 1.1: what workflow engines speak. It translates; what is decided is decided where every other task's fate
/// is.
/// </summary>
public sealed class TesDoor : IAsyncDisposable
{
    /// <summary>The version of the standard.</summary>
    public const string Version = "1.1.0";

    private const string Base = "/ga4gh/tes/v1";
    private const int PageUsual = 256, PageMax = 2_047, TagPairsMax = 64;

    /// <summary>Of tasks with their documents and the ends of their streams: hundreds of kilobytes each.</summary>
    private const int PageOfWholeMax = 64;

    private readonly DoorPlan plan;
    private readonly TesGround ground;
    private readonly TesChains chains;
    private readonly TesImages images;

    public TesDoor(DoorPlan plan)
    {
        this.plan = plan;
        var settings = plan.Settings.Tes;
        ground = new TesGround(plan, new TesBook(plan.Database), new TesFiles(plan.Blobs, settings), settings);
        chains = new TesChains(ground, plan.Trouble);
        images = new TesImages(settings);
    }

    /// <summary>Goes on with what an earlier life of this process has begun. To be called when its roles run.</summary>
    public void Start() => chains.Resume();

    public async ValueTask DisposeAsync()
    {
        await chains.FinishAsync().ConfigureAwait(false);
        ground.Files.Dispose();
    }

    public IEnumerable<ApiRoute> All() =>
    [
        Route("GET", "/service-info", "GetServiceInfo", "What this service is.", Right.None, ServiceInfoAsync),
        Route("POST", "/tasks", "CreateTask", "Hands a task in.", Right.TasksSubmit, CreateAsync),
        Route("GET", "/tasks", "ListTasks", "Tasks, newest first.", Right.TasksRead, ListAsync),
        Route("GET", "/tasks/{id}", "GetTask", "One task.", Right.TasksRead, GetAsync),
        Route("POST", "/tasks/{id}:cancel", "CancelTask", "Calls a task off.", Right.TasksCancel, CancelAsync),
    ];

    private static ApiRoute Route(
        string method, string path, string name, string summary, Right right, Func<ApiCall, Task> handler) =>
        new(method, Base + path, name, summary, handler)
        {
            Right = right,
            Form = TesRefusalForm.Form,
            TakesPassword = true,
        };

    private static string DoorOf(ApiCall call) => $"{call.Request.Scheme}://{call.Request.Host}";

    private Task ServiceInfoAsync(ApiCall call)
    {
        var door = DoorOf(call);
        return call.AnswerAsync(
            new TesServiceInfo(
                $"org.stun.tes.{plan.Gateway}", "Stun", new TesServiceType("org.ga4gh", "tes", Version),
                "Runs tasks on a network of providers, and judges what comes out.",
                new TesOrganization("Stun", door), plan.Settings.Version, [$"{door}/v1/blobs/", TesFiles.OwnScheme])
            {
                BackendParameters = BackendParameters.Keys,
            },
            TesJson.Default.TesServiceInfo);
    }

    private async Task CreateAsync(ApiCall call)
    {
        var sent = await JsonBody.ReadAsync(call.Request, TesJson.Default.TesTask, plan.Settings.BodyWithin)
            .ConfigureAwait(false);
        if (plan.IsBehind || chains.Count >= ground.Settings.OpenMax || plan.Process.Pump.IsDraining)
            throw new ApiException("node.busy", "It has as many tasks under way as it can follow, or is stopping.")
            {
                RetryAfter = TimeSpan.FromSeconds(5),
            };
        var account = call.Who.Account;
        if (!plan.Intake.HasWallet(account))
            throw new ApiException("auth.forbidden",
                $"This node keeps no key of {account}: it cannot sign what executors become. Use a key of an account "
                + "that is kept here.");
        if (chains.CountOf(account) >= ground.Settings.OpenPerAccountMax)
            throw new ApiException("node.busy",
                $"The account has {ground.Settings.OpenPerAccountMax} tasks under way here, as many as one may.")
            {
                RetryAfter = TimeSpan.FromSeconds(5),
            };
        var task = TesReader.Clean(sent);
        var resolved = await ResolveAsync(task, call.Cancel).ConfigureAwait(false);
        var now = ground.Now;
        TesOrders.Require(task, resolved, now);
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        ground.Book.Add(
            new TesEntry(id, account, TesState.Queued, now, null, task, resolved, TesReader.WarningsOf(sent), null, []),
            plan.Gateway);
        chains.Start(id, account);
        await call.AnswerAsync(new TesCreated(id), TesJson.Default.TesCreated).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<string>> ResolveAsync(TesTask task, CancellationToken cancel)
    {
        // The same name is the same image in all of one task.
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        List<string> resolved = [];
        foreach (var (index, executor) in task.Executors!.Index())
        {
            if (!known.TryGetValue(executor.Image!, out var image))
                known[executor.Image!] = image = await images
                    .ResolveAsync(executor.Image!, $"executors[{index}].image", cancel).ConfigureAwait(false);
            resolved.Add(image);
        }
        return resolved;
    }

    private Task ListAsync(ApiCall call)
    {
        var state = Query(call, "state");
        if (state is not null && !TesState.All.Contains(state))
            throw Bad("state", "must be one of " + string.Join(", ", TesState.All));
        var size = Query(call, "page_size") switch
        {
            null => PageUsual,
            var text => int.TryParse(text, out var number) && number is >= 1 and <= PageMax
                ? number
                : throw Bad("page_size", $"must be from 1 to {PageMax}"),
        };
        var detail = DetailOf(call);
        if (detail != TesDetail.Minimal) size = Math.Min(size, PageOfWholeMax);
        var filter = new TesFilter(
            call.Who.SeesAll ? null : call.Who.Account, Query(call, "name_prefix"), state, TagsOf(call),
            Query(call, "page_token") is { Length: > 0 } token ? token : null, size)
        {
            IsBrief = detail == TesDetail.Minimal,
        };
        var page = ground.Book.List(filter);
        var view = new TesView(ground, DoorOf(call));
        return call.AnswerAsync(
            new TesPage([.. page.Items.Select(entry => view.Of(entry, detail))], page.Cursor),
            TesJson.Default.TesPage);
    }

    private Task GetAsync(ApiCall call)
    {
        var detail = DetailOf(call);
        return call.AnswerAsync(new TesView(ground, DoorOf(call)).Of(Find(call), detail), TesJson.Default.TesTask);
    }

    private Task CancelAsync(ApiCall call)
    {
        var entry = Find(call);
        if (ground.Book.Move(entry.Id, TesState.Canceling)) chains.CallOff(entry.Id);
        return call.AnswerAsync(new TesCancelled(), TesJson.Default.TesCancelled);
    }

    private TesEntry Find(ApiCall call) =>
        ground.Book.Find(call.Part("id")) is { } entry && call.Who.Sees(entry.Owner)
            ? entry
            : throw new ApiException("task.unknown", "No task of yours has this id.");

    private static TesDetail DetailOf(ApiCall call) => Query(call, "view") switch
    {
        null or "" or "MINIMAL" => TesDetail.Minimal,
        "BASIC" => TesDetail.Basic,
        "FULL" => TesDetail.Full,
        _ => throw Bad("view", "must be MINIMAL, BASIC or FULL"),
    };

    /// <summary>Zipped; where values are missing any will do.</summary>
    private static IReadOnlyList<(string Key, string Value)> TagsOf(ApiCall call)
    {
        var keys = call.Request.Query["tag_key"];
        var values = call.Request.Query["tag_value"];
        if (keys.Count > TagPairsMax) throw Bad("tag_key", $"are more than {TagPairsMax}");
        if (keys.Concat(values).Any(text => text?.Contains('\0') == true)) throw Bad("tag_key", "has a zero character");
        if (values.Count > keys.Count) throw Bad("tag_value", "are more than there are keys");
        return [.. keys.Select((key, index) => (key ?? "", index < values.Count ? values[index] ?? "" : ""))];
    }

    private static string? Query(ApiCall call, string name)
    {
        var values = call.Request.Query[name];
        if (values.Count > 1) throw Bad(name, "is given more than once");
        if (values.Count == 0) return null;
        return values[0]?.Contains('\0') == true ? throw Bad(name, "has a zero character") : values[0];
    }

    private static ApiException Bad(string name, string what) =>
        new("tes.invalid", $"{name}: {what}") { Faults = [new FormFault(name, what)] };
}
