using Microsoft.AspNetCore.Http;

namespace Stun.Node.Gateway;

/// <summary>Whether the node lives, whether it can work, and what it can be asked.</summary>
internal sealed class HealthRoutes(DoorPlan plan, Func<string> document)
{
    public IEnumerable<ApiRoute> All() =>
    [
        new("GET", "/healthz", "getHealth", "Whether the process lives.", call =>
            call.AnswerAsync(new HealthView("up", []), ApiJson.Default.HealthView))
        {
            Answers = [ApiAnswer.Of<HealthView>(200, "It lives.")],
        },
        new("GET", "/readyz", "getReadiness", "Whether the node can take tasks in, and why not.", ReadyAsync)
        {
            Answers = [ApiAnswer.Of<HealthView>(200, "It can.")],
            Refusals = ["node.not-ready"],
        },
        new("GET", "/v1/openapi.json", "getDocument", "This document.", DocumentAsync)
        {
            Answers = [new ApiAnswer(200, "OpenAPI 3.1.", null, "application/json")],
        },
    ];

    private Task ReadyAsync(ApiCall call)
    {
        List<FormFault> faults = [];
        var pump = plan.Process.Pump;
        if (pump.Ended.IsCompleted) faults.Add(new FormFault("roles", "The roles have stopped."));
        if (pump.IsDraining) faults.Add(new FormFault("roles", "The node is about to stop."));
        if (pump.IsBusy) faults.Add(new FormFault("journal", "Too much waits for the disk."));
        if (plan.Feed is { } feed)
        {
            if (feed.Failure is { } failure)
                faults.Add(new FormFault("read_model", $"It cannot be written: {failure.GetType().Name}."));
            if (feed.Behind > plan.Settings.BehindMax)
                faults.Add(new FormFault("read_model", $"It is {feed.Behind} records behind the journal."));
        }
        foreach (var reason in plan.NotReady()) faults.Add(new FormFault("node", reason));
        if (faults.Count > 0)
            throw new ApiException("node.not-ready", faults[0].Message) { Faults = faults };
        return call.AnswerAsync(new HealthView("ready", []), ApiJson.Default.HealthView);
    }

    private async Task DocumentAsync(ApiCall call)
    {
        call.Response.ContentType = "application/json";
        await call.Response.WriteAsync(document(), call.Cancel).ConfigureAwait(false);
    }
}
