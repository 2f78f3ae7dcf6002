using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Stun.Node.Serving;

namespace Stun.Node.Gateway;

/// <summary>Services: make, look at, change, remove; and calls to those that speak HTTP.</summary>
internal sealed class ServiceRoutes(DoorPlan plan, ServiceHost host, ServiceDesk desk)
{
    /// <summary>Of all calls together that wait for a replica to begin its answer.</summary>
    private const long WaitingBytesMax = 256 << 20;

    private const int PieceBytes = 32 << 10;

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    private static readonly ApiParameter Name = ApiParameter.Path("service", "The service's name.");

    private readonly ByteBudget waiting = new(WaitingBytesMax);

    public IEnumerable<ApiRoute> All() =>
    [
        new("POST", "/v1/services", "createService",
            "Keeps a program or a model running by replicas, for an account whose key this node keeps.", CreateAsync)
        {
            Right = Right.TasksSubmit,
            Body = typeof(ServiceForm),
            Answers = [ApiAnswer.Of<ServiceView>(201, "It is kept from now on.")],
            Refusals =
            [
                "request.invalid", "model.unknown", "model.not-served", "service.name-taken", "service.no-wallet",
                "service.too-many", "task.price-too-low", "task.resources-out-of-range", "task.deadline-too-far",
                "task.policy-out-of-range", "task.run-time-out-of-range",
            ],
        },
        new("GET", "/v1/services", "listServices", "The caller's services, or everybody's for who may see them.",
            ListAsync)
        {
            Right = Right.TasksRead,
            Answers = [ApiAnswer.Of<ServiceList>(200, "The services, by name.")],
        },
        new("GET", "/v1/services/{service}", "getService", "One service and its replicas.", GetAsync)
        {
            Right = Right.TasksRead,
            Parameters = [Name],
            Answers = [ApiAnswer.Of<ServiceView>(200, "The service.")],
            Refusals = ["service.unknown"],
        },
        new("PUT", "/v1/services/{service}/replicas", "scaleService", "Says how many replicas there are to be.",
            ScaleAsync)
        {
            Right = Right.TasksSubmit,
            Parameters = [Name],
            Body = typeof(ReplicasForm),
            Answers = [ApiAnswer.Of<ServiceView>(200, "The service as it is now.")],
            Refusals = ["request.invalid", "service.unknown"],
        },
        new("DELETE", "/v1/services/{service}", "removeService",
            "Ends a service: its replicas answer what they have begun, and are finished.", RemoveAsync)
        {
            Right = Right.TasksSubmit,
            Parameters = [Name],
            Answers = [new ApiAnswer(204, "It takes no more calls.")],
            Refusals = ["service.unknown"],
        },
        .. Methods.Select(Call),
    ];

    private ApiRoute Call(string method) => new(
        method, "/v1/services/{service}/http/{**path}",
        $"callService{method[0]}{method[1..].ToLowerInvariant()}",
        "Calls a service by HTTP: path, query, headers and body as they are.", CallAsync)
    {
        Right = Right.TasksSubmit,
        IsStream = true,
        TakesBytes = method is not ("GET" or "DELETE"),
        Parameters = [Name, ApiParameter.Path("path", "The path at the service.")],
        Answers = [new ApiAnswer(200, "Whatever the service answers, with its own status.", null, "*/*")],
        Refusals =
        [
            "service.unknown", "service.overloaded", "service.no-replica", "service.no-answer", "request.too-large",
        ],
    };

    private async Task CreateAsync(ApiCall call)
    {
        var form = await JsonBody.ReadAsync(call.Request, ApiJson.Default.ServiceForm, plan.Settings.BodyWithin)
            .ConfigureAwait(false);
        var service = await desk.ReadAsync(form, call.Who.Account, plan.Process.Pump.Now, call.Cancel)
            .ConfigureAwait(false);
        host.Add(service);
        await AnswerAsync(call, host.Find(service.Name)!, 201).ConfigureAwait(false);
    }

    private Task ListAsync(ApiCall call) => call.AnswerAsync(
        new ServiceList([.. host.List(call.Who.Sees).Select(fleet => ServiceView.Of(fleet, host))]),
        ApiJson.Default.ServiceList);

    private Task GetAsync(ApiCall call) => AnswerAsync(call, Own(call), 200);

    private async Task ScaleAsync(ApiCall call)
    {
        var fleet = Own(call);
        var form = await JsonBody.ReadAsync(call.Request, ApiJson.Default.ReplicasForm, plan.Settings.BodyWithin)
            .ConfigureAwait(false);
        if (!host.Change(fleet, ServiceDesk.Change(fleet.Service.Terms, form))) throw Unknown();
        await AnswerAsync(call, fleet, 200).ConfigureAwait(false);
    }

    private Task RemoveAsync(ApiCall call)
    {
        host.Remove(Own(call));
        call.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private Task AnswerAsync(ApiCall call, ReplicaFleet fleet, int status) =>
        call.AnswerAsync(ServiceView.Of(fleet, host), ApiJson.Default.ServiceView, status);

    private ReplicaFleet Own(ApiCall call) =>
        host.Find(call.Part("service")) is { } fleet && call.Who.Sees(fleet.Service.Owner) ? fleet : throw Unknown();

    /// <summary>Its owner's, and everybody's where it is shared for nothing: what costs has a door that counts.
    /// </summary>
    private ReplicaFleet Callable(ApiCall call) => host.Find(call.Part("service")) is { } fleet
        && (fleet.Service.Owner == call.Who.Account
            || (fleet.Service.Terms.IsShared && fleet.Service.Terms.Prices == TokenPrices.Free))
        ? fleet : throw Unknown();

    private static ApiException Unknown() => new("service.unknown", "No such service is yours to use.");

    private async Task CallAsync(ApiCall call)
    {
        var fleet = Callable(call);
        // First whether it would be taken: nobody's bytes are kept for a call that is refused in the end.
        fleet.Seats.RequireRoom();
        var (response, seat) = await SendAsync(fleet, call).ConfigureAwait(false);
        using (seat)
        using (response)
        {
            call.Response.StatusCode = (int)response.StatusCode;
            foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
                if (ServicePassage.IsOfAnswer(name)) call.Response.Headers[name] = values.ToArray();
            call.Response.Headers["Stun-Task"] = seat.Replica.Task.ToString();
            // A page of a stranger's, at the address of this API: it may be shown, and may do nothing.
            call.Response.Headers.ContentSecurityPolicy = "sandbox";
            call.Response.ContentLength = response.Content.Headers.ContentLength;
            await PassAsync(call, response).ConfigureAwait(false);
        }
    }

    /// <summary>The body is kept until somebody has begun to answer, so that another replica can be asked.</summary>
    private async Task<(HttpResponseMessage Response, SeatTable.Seat Seat)> SendAsync(ReplicaFleet fleet, ApiCall call)
    {
        using var body = new WaitingBody(waiting);
        await body.ReadAsync(call.Request, call.Cancel).ConfigureAwait(false);
        return await fleet.Calls.SendAsync(() => RequestOf(call, body), call.Cancel).ConfigureAwait(false);
    }

    private static HttpRequestMessage RequestOf(ApiCall call, WaitingBody body)
    {
        var raw = call.Http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var request = ReplicaCalls.Request(
            new HttpMethod(call.Request.Method),
            ServicePassage.TargetOf(raw, call.Part("service"), call.Part("path"))
            + call.Request.QueryString);
        if (body.Content is { } content) request.Content = new ReadOnlyMemoryContent(content);
        foreach (var (name, values) in call.Request.Headers)
            if (ServicePassage.IsOfRequest(name)
                && !request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        return request;
    }

    /// <summary>Each piece at once: somebody may be reading along.</summary>
    private static async Task PassAsync(ApiCall call, HttpResponseMessage response)
    {
        var content = await response.Content.ReadAsStreamAsync(call.Cancel).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            await call.Response.StartAsync(call.Cancel).ConfigureAwait(false);
            var buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
            try
            {
                int count;
                while ((count = await content.ReadAsync(buffer, call.Cancel).ConfigureAwait(false)) > 0)
                {
                    await call.Response.Body.WriteAsync(buffer.AsMemory(0, count), call.Cancel).ConfigureAwait(false);
                    await call.Response.Body.FlushAsync(call.Cancel).ConfigureAwait(false);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
