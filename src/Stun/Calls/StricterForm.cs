using Stun.Node;
using Stun.Node.Gateway;
using Stun.Node.Policies;
using Stun.Protocol;

namespace Stun.Calls;

/// <summary>Lays a requester's policy over a task before it is handed in.</summary>
internal static class StricterForm
{
    public static TaskForm Of(TaskForm form, RequesterPolicyFile policy)
    {
        var order = OrderDesk.Read(form, Address.Zero, 0, WallTime.Now(TimeProvider.System));
        return policy.ApplyTo(order) switch
        {
            PolicyApplication.Applied applied => Laid(form, applied.Order),
            PolicyApplication.Conflicting conflict => throw new CommandException("policy.conflict",
                "The task and the policy cannot both be kept.", "Change the task, or the policy.", Exits.TaskFailed)
            {
                Places = [.. conflict.Conflicts.Select(each => ("policy", each))],
            },
            var other => throw new InvalidOperationException($"{other} is no answer of a policy."),
        };
    }

    private static TaskForm Laid(TaskForm form, TaskOrder order)
    {
        var spec = order.Spec;
        return form with
        {
            Resources = (form.Resources ?? new ResourcesForm()) with
            {
                Regions = [.. spec.Resources.Regions.Select(region => region.ToString())],
            },
            Privacy = spec.Privacy.ToString().ToLowerInvariant(),
            PriceLimit = order.PriceLimit.ToString(),
            Verification = OrderForm.VerificationOf(spec.Verification),
            Providers = OrderForm.ChoiceOf(spec.Policy),
        };
    }
}
