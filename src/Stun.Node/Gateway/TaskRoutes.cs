using Microsoft.AspNetCore.Http;
using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>Tasks: hand in, look at, list, cancel, ask why.</summary>
internal sealed class TaskRoutes(DoorPlan plan, TaskBooks books, ModelDesk models)
{
    /// <summary>Longer than any proxy between keeps a silent connection open by default.</summary>
    public const int WaitSecondsMax = 55;

    private const int KeyCharsMax = 255;
    private int waiters;

    private static readonly ApiParameter Id = ApiParameter.Path("id", "The task: 32 hexadecimal digits.");

    private static readonly ApiParameter Wait =
        ApiParameter.Query("wait", "integer",
            $"Answer when there is a result, or after so many seconds (0 to {WaitSecondsMax}).");

    private readonly Intake intake = plan.Intake;

    public IEnumerable<ApiRoute> All() =>
    [
        new("POST", "/v1/tasks", "submitTask", "Hands a task in: as a form, or as an order signed by its requester.",
            SubmitAsync)
        {
            Right = Right.TasksSubmit,
            Body = typeof(TaskForm),
            Parameters =
            [
                Wait, ApiParameter.Header("Idempotency-Key", "string",
                    "The same key with the same content is the same task, until its deadline."),
            ],
            Answers = [ApiAnswer.Of<TaskView>(201, "It was taken.")],
            Refusals =
            [
                "request.invalid", "idempotency.conflict", "task.unanswered", "task.bad-signature",
                "task.deadline-passed", "task.deadline-too-far", "task.price-too-low", "task.run-time-out-of-range",
                "task.resources-out-of-range", "task.policy-out-of-range", "task.over-quota", "task.queue-full",
                "model.unknown", "model.other-creator", "model.not-run", "model.not-served",
            ],
        },
        new("GET", "/v1/tasks", "listTasks", "Tasks, newest first: the caller's, or everybody's for who may see them.",
            ListAsync)
        {
            Right = Right.TasksRead,
            Parameters =
            [
                ApiParameter.Query("state", "string", "Only tasks in this state."),
                ApiParameter.Query("since", "string", "Handed in at this time or later."),
                ApiParameter.Query("until", "string", "Handed in before this time."),
                ApiParameter.Query("requester", "string", "Only this account's."),
                ApiParameter.Query("limit", "integer", "At most so many (1 to 200)."),
                ApiParameter.Query("cursor", "string", "From where the last page ended."),
            ],
            Answers = [ApiAnswer.Of<TaskPage>(200, "A page of tasks.")],
            Refusals = ["request.invalid"],
        },
        new("GET", "/v1/tasks/{id}", "getTask", "One task.", GetAsync)
        {
            Right = Right.TasksRead,
            Parameters = [Id, Wait],
            Answers = [ApiAnswer.Of<TaskView>(200, "The task.")],
            Refusals = ["task.unknown", "request.invalid"],
        },
        new("POST", "/v1/tasks/{id}/cancel", "cancelTask",
            "Asks for a task to be cancelled. Its requester signs, or this node for an account that it keeps.",
                CancelAsync)
        {
            Right = Right.TasksCancel,
            Body = typeof(CancelForm),
            Parameters = [Id, Wait],
            Answers = [ApiAnswer.Of<TaskView>(202, "It was asked for; a task that ended first stays as it is.")],
            Refusals = ["task.unknown", "task.bad-signature", "request.invalid"],
        },
        new("GET", "/v1/tasks/{id}/why", "whyTask",
            "Why a task is where it is: candidates, attempts, refusals, history, verdict, settlement.", WhyAsync)
        {
            Right = Right.TasksRead,
            Parameters = [Id],
            Answers = [ApiAnswer.Of<WhyView>(200, "All that is known.")],
            Refusals = ["task.unknown"],
        },
    ];

    private async Task SubmitAsync(ApiCall call)
    {
        var form = await JsonBody.ReadAsync(call.Request, ApiJson.Default.TaskForm, plan.Settings.BodyWithin)
            .ConfigureAwait(false);
        if (plan.IsBehind)
            throw new ApiException("node.busy", "Its read model is too far behind.")
            {
                RetryAfter = TimeSpan.FromSeconds(5),
            };
        if (form.Signature is not null && form.Order is null)
            throw ApiCall.Bad("signature", "goes with an order, which is missing");
        var follow = form.Order is { } signed
            ? await SubmitAsync(call, OwnOrder(call, signed, form.Signature)).ConfigureAwait(false)
            : await SubmitAsync(call, form).ConfigureAwait(false);
        await AnswerAsync(call, follow, StatusCodes.Status201Created).ConfigureAwait(false);
    }

    private async Task<TaskFollow> SubmitAsync(ApiCall call, SignedOrder order)
    {
        await models.RequireAsync(order.Order, call.Cancel).ConfigureAwait(false);
        return await intake.SubmitAsync(order, call.Cancel).ConfigureAwait(false);
    }

    private async Task<TaskFollow> SubmitAsync(ApiCall call, TaskForm form)
    {
        var header = call.Request.Headers["Idempotency-Key"].ToString();
        if (header.Length > KeyCharsMax)
            throw ApiCall.Bad("Idempotency-Key", $"has more than {KeyCharsMax} characters");
        var key = header.Length == 0 ? Intake.NewKey() : Intake.KeyOf(header);
        var order = OrderDesk.Read(form, call.Who.Account, key, plan.Process.Pump.Now);
        order = await models.CompleteAsync(order, form, call.Cancel).ConfigureAwait(false);
        if (header.Length == 0) return await intake.SubmitAsync(intake.Sign(order), call.Cancel).ConfigureAwait(false);
        var isReckoned = form.Deadline is null;
        var same = intake.SameAsBefore(order, isReckoned);
        try
        {
            return await intake.SubmitAsync(intake.Sign(same), call.Cancel).ConfigureAwait(false);
        }
        catch (ApiException conflict) when (conflict.Code == "idempotency.conflict")
        {
            // The scheduler remembers the key from before this process began, and the read model the order.
            if (books.Queries.FindByKey(order.Requester, key) is not { State: not "refused" } earlier) throw;
            Intake.Same(order, earlier.Order.Order, isReckoned);
            return await intake.SubmitAsync(earlier.Order, call.Cancel).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Others have seen an order, too: its providers. The answer, with the result, is its requester's.
    /// </summary>
    private static SignedOrder OwnOrder(ApiCall call, string text, string? signedApart)
    {
        var order = Decode(text);
        if (signedApart is not null)
            order = order with
            {
                Signature = SignatureText.TryParse(signedApart, out var signature) ? signature
                    : throw ApiCall.Bad("signature", "must be 0x and 130 hexadecimal digits"),
            };
        if (call.Who.Sees(order.Order.Requester)) return order;
        throw new ApiException("auth.forbidden", "The order is another account's: its requester hands it in.");
    }

    private static SignedOrder Decode(string text)
    {
        try
        {
            return ProtocolWire.DecodeSignedOrder(Convert.FromBase64String(text));
        }
        catch (Exception bad) when (bad is FormatException or WireException)
        {
            throw ApiCall.Bad("order", bad.Message);
        }
    }

    private Task ListAsync(ApiCall call)
    {
        var requester = call.AddressOf("requester");
        if (requester is { } asked && !call.Who.Sees(asked))
            throw new ApiException("auth.forbidden", "This key sees only the tasks of its own account.");
        var state = call.Query("state");
        if (state is not null && !TaskView.States.Contains(state))
            throw ApiCall.Bad("state", "must be one of " + string.Join(", ", TaskView.States));
        var page = books.Queries.ListTasks(new TaskFilter(
            requester ?? (call.Who.SeesAll ? null : call.Who.Account), state, call.Time("since"), call.Time("until"),
            call.Query("cursor"), (int)call.Number("limit", 50, 1, ReadModelQueries.LimitMax)));
        return call.AnswerAsync(
            new TaskPage([.. page.Items.Select(TaskView.Of)], page.Cursor), ApiJson.Default.TaskPage);
    }

    private Task GetAsync(ApiCall call)
    {
        var (id, follow, stored) = books.Find(call, wantsStored: false);
        if (follow is null && stored!.EndedAt is null && call.Request.Query.ContainsKey("wait"))
            // Taken in by an earlier life of this process; its gateway still waits for the end.
            follow = plan.Process.Board.Open(id, stored.Order);
        if (follow is not null && call.Request.Query.ContainsKey("wait"))
            return AnswerAsync(call, follow, StatusCodes.Status200OK);
        if (follow is { End: null }) stored ??= books.Queries.FindTask(id);
        return call.AnswerAsync(TaskBooks.View(follow, stored), ApiJson.Default.TaskView);
    }

    private async Task AnswerAsync(ApiCall call, TaskFollow follow, int status)
    {
        await WaitAsync(call, follow.Delivered).ConfigureAwait(false);
        await call.AnswerAsync(TaskView.Of(follow), ApiJson.Default.TaskView, status).ConfigureAwait(false);
    }

    /// <summary>With <c>?wait=SECONDS</c>, until this or until the time is over.</summary>
    private async Task WaitAsync(ApiCall call, Task awaited)
    {
        if (!call.Request.Query.ContainsKey("wait")) return;
        var seconds = call.Number("wait", 0, 0, WaitSecondsMax);
        if (awaited.IsCompleted || seconds == 0) return;
        try
        {
            if (Interlocked.Increment(ref waiters) > plan.Settings.WaitersMax) return;
            await Intake.WithinAsync(awaited, TimeSpan.FromSeconds(seconds), call.Cancel).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref waiters);
        }
    }

    private async Task CancelAsync(ApiCall call)
    {
        var form = await JsonBody.ReadAsync(call.Request, ApiJson.Default.CancelForm, plan.Settings.BodyWithin)
            .ConfigureAwait(false);
        var (id, follow, stored) = books.Find(call, wantsStored: false);
        var order = follow?.Order ?? stored!.Order;
        follow ??= stored!.EndedAt is null ? plan.Process.Board.Open(id, order) : null;
        var requester = order.Order.Requester;
        if (follow is { End: null })
        {
            intake.Cancel(requester, id, SignatureOf(form, requester, id));
            await WaitAsync(call, follow.Ended).ConfigureAwait(false);
        }
        var view = follow is null ? TaskView.Of(stored!) : TaskBooks.View(follow, books.Queries.FindTask(id));
        await call.AnswerAsync(view, ApiJson.Default.TaskView, StatusCodes.Status202Accepted).ConfigureAwait(false);
    }

    private Signature SignatureOf(CancelForm form, Address requester, TaskId task)
    {
        if (form.Signature is null)
            return intake.SignCancel(requester, task) ?? throw new ApiException("auth.forbidden",
                $"This node keeps no key of {requester}: sign the cancellation and send it as \"signature\".");
        if (!SignatureText.TryParse(form.Signature, out var signature))
            throw ApiCall.Bad("signature", "must be 0x and 130 hexadecimal digits");
        return intake.IsCancelOf(requester, task, signature)
            ? signature
            : throw new ApiException("task.bad-signature", $"The cancellation is not signed by {requester}.");
    }

    private async Task WhyAsync(ApiCall call)
    {
        var task = await books.StoredAsync(call).ConfigureAwait(false);
        var queries = books.Queries;
        var why = WhyView.Of(task, queries.Placements(task.Id), queries.Attempts(task.Id), queries.History(task.Id),
            queries.Verdict(task.Id), queries.Settlement(task.Id));
        why = why with { Batch = books.TrailOf(task.Id) };
        await call.AnswerAsync(why, ApiJson.Default.WhyView).ConfigureAwait(false);
    }
}
