using Stun.Engine.Admission;
using Stun.Engine.Scheduling;
using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>What somebody asks before handing a task in: what it would cost, and what there is to sign.</summary>
internal sealed class OrderRoutes(DoorPlan plan, TaskBooks books, ModelDesk models)
{
    /// <summary>A question goes through all offers on the pump's thread: tasks come before it.</summary>
    private const int AskingMax = 1;

    private int asking;

    public IEnumerable<ApiRoute> All() =>
    [
        new("POST", "/v1/tasks/estimate", "estimateTask",
            "What a task would find and cost now: candidates, prices, and why other offers do not fit.", EstimateAsync)
        {
            Right = Right.MarketRead,
            Body = typeof(TaskForm),
            Answers = [ApiAnswer.Of<EstimateView>(200, "An estimate; it binds nobody.")],
            Refusals =
            [
                "request.invalid", "estimate.elsewhere", "node.busy", "model.unknown", "model.other-creator",
                "model.not-run", "model.not-served",
                "task.deadline-passed", "task.deadline-too-far", "task.run-time-out-of-range",
                "task.policy-out-of-range", "task.resources-out-of-range", "task.order-too-large",
            ],
        },
        new("POST", "/v1/orders", "draftOrder",
            "Makes an order of a form for a requester whose key is in a wallet: what it signs, and what it hands in "
            + "then as \"order\" with \"signature\". Nothing is kept.", DraftAsync)
        {
            Right = Right.TasksSubmit,
            Body = typeof(TaskForm),
            Answers = [ApiAnswer.Of<OrderDraftView>(200, "The order, and its typed data (EIP-712).")],
            Refusals =
            [
                "request.invalid", "model.unknown", "model.other-creator", "model.not-run", "model.not-served",
                "task.deadline-passed", "task.deadline-too-far", "task.run-time-out-of-range",
                "task.policy-out-of-range", "task.resources-out-of-range", "task.order-too-large",
            ],
        },
        new("GET", "/v1/tasks/{id}/order", "getOrder",
            "What a task was ordered with, as the form that orders it again.", OrderAsync)
        {
            Right = Right.TasksRead,
            Parameters = [ApiParameter.Path("id", "The task: 32 hexadecimal digits.")],
            Answers = [ApiAnswer.Of<TaskOrderView>(200, "The order.")],
            Refusals = ["task.unknown"],
        },
    ];

    private Task OrderAsync(ApiCall call)
    {
        var (id, follow, stored) = books.Find(call, wantsStored: false);
        var order = (follow?.Order ?? stored!.Order).Order;
        return call.AnswerAsync(
            new TaskOrderView(id.ToString(), order.Requester.ToString(), TaskRows.WorkOf(order).Kind,
                OrderForm.Of(order)),
            ApiJson.Default.TaskOrderView);
    }

    private async Task EstimateAsync(ApiCall call)
    {
        var order = await ReadAsync(call).ConfigureAwait(false);
        if (plan.Process.Pump.Find(plan.Scheduler)?.Machine is not SchedulerMachine scheduler)
            throw new ApiException("estimate.elsewhere", "The scheduler is not in this process.");
        if (Interlocked.Increment(ref asking) > AskingMax)
        {
            Interlocked.Decrement(ref asking);
            throw new ApiException("node.busy", "Many ask for estimates.") { RetryAfter = TimeSpan.FromSeconds(1) };
        }
        try
        {
            var quote = await plan.Process.Pump.VisitAsync(() => scheduler.Quote(order)).ConfigureAwait(false);
            await call.AnswerAsync(EstimateView.Of(order, quote), ApiJson.Default.EstimateView).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref asking);
        }
    }

    private async Task DraftAsync(ApiCall call)
    {
        var order = await ReadAsync(call).ConfigureAwait(false);
        var domain = plan.Terms.Domain;
        await call.AnswerAsync(
            new OrderDraftView(
                TypedData.TaskIdOf(domain, order).ToString(),
                Convert.ToBase64String(ProtocolWire.Encode(new SignedOrder(order, Signature.None))),
                OrderTypedData.Write(domain, order)),
            ApiJson.Default.OrderDraftView).ConfigureAwait(false);
    }

    private async Task<TaskOrder> ReadAsync(ApiCall call)
    {
        var form = await JsonBody.ReadAsync(call.Request, ApiJson.Default.TaskForm, plan.Settings.BodyWithin)
            .ConfigureAwait(false);
        if (form.Order is not null || form.Signature is not null)
            throw ApiCall.Bad("order", "must be left out: give the form of a task");
        var order = OrderDesk.Read(form, call.Who.Account, Intake.NewKey(), plan.Process.Pump.Now);
        order = await models.CompleteAsync(order, form, call.Cancel).ConfigureAwait(false);
        // What could never be taken is neither reckoned nor put before a wallet; what it costs is the question here.
        if (OrderChecks.Check(order, plan.Terms, plan.Process.Pump.Now) is { } refusal
            and not Refusal.PriceTooLow)
            throw new ApiException(ErrorBook.CodeOf(refusal), $"Such a task would not be taken: {refusal}.");
        return order;
    }
}
