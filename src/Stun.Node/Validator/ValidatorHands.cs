using Stun.Node.Hosting;
using Stun.Node.Provider;
using Stun.Node.Storage;

namespace Stun.Node.Validator;

/// <param name="Executor">The validator's own machine, on which it learns the true result.</param>
public sealed record ValidatorTools(
    Lazy<IExecutor> Executor, IResults Results, IProofDesk Proofs, RunningWork Runs, Action<Exception> Trouble);

/// <summary>A validator's hands: they run tasks again, compare results, and check proofs and
/// evidence.</summary>
public sealed class ValidatorHands(HandTools hands, ValidatorTools tools) : RoleHands(hands)
{
    private readonly Address self = hands.Key.Address;
    private ulong count;

    public override bool IsForeign(Ask asked) => asked is Ask.Rerun || base.IsForeign(asked);

    public override void Carry(RoleHost role, ulong id, Ask asked)
    {
        switch (asked)
        {
            case Ask.Rerun rerun: tools.Runs.Add(RerunAsync(role, id, rerun)); break;
            case Ask.Compare compare:
                tools.Runs.Add(LookAsync(role, id, cancel => tools.Results.CompareAsync(compare, cancel)));
                break;
            case Ask.CheckProof check: Judge(role, id, cancel => tools.Proofs.HoldsAsync(check, cancel)); break;
            case Ask.CheckQuote check:
                tools.Runs.Add(LookAsync(role, id, async cancel =>
                    await tools.Proofs.RefusalAsync(check, cancel).ConfigureAwait(false) is { } why
                        ? new Answer.PolicyChecked(false, Sentence.Short(why))
                        : new Answer.PolicyChecked(true, "")));
                break;
            case Ask.CheckOffer check: Judge(role, id, cancel => tools.Proofs.HoldsAsync(check.Offer, cancel)); break;
            default: base.Carry(role, id, asked); break;
        }
    }

    private void Judge(RoleHost role, ulong id, Func<CancellationToken, Task<bool>> holds) =>
        tools.Runs.Add(LookAsync(role, id, async cancel =>
            new Answer.Checked([await holds(cancel).ConfigureAwait(false)])));

    private async Task LookAsync(RoleHost role, ulong id, Func<CancellationToken, Task<Answer>> look)
    {
        await Task.Yield();
        Answer answer;
        try
        {
            answer = await look(tools.Runs.Stopping).ConfigureAwait(false);
        }
        catch (Exception failure) when (!tools.Runs.Stopping.IsCancellationRequested)
        {
            // Neither alike nor different, neither proved nor refuted: an answer of another kind, after which it is
            // asked anew.
            tools.Trouble(failure);
            answer = new Answer.CallFinal(EscrowRefusal.None);
        }
        Pump.Answer(role, id, answer);
    }

    private async Task RerunAsync(RoleHost role, ulong id, Ask.Rerun rerun)
    {
        // Off the pump's thread before anything that takes time.
        var name = $"{self.ToString()[2..14]}-v{++count}";
        await Task.Yield();
        var request = new ExecutionRequest(name, rerun.Task, rerun.Order, rerun.Rank, self);
        RunOutcome outcome;
        try
        {
            outcome = await tools.Executor.Value.RunAsync(request, (_, _) => { }, tools.Runs.Stopping)
                .ConfigureAwait(false);
        }
        catch (Exception failure) when (!tools.Runs.Stopping.IsCancellationRequested)
        {
            // A machine that fails has shown nothing; a validator that says nothing holds the others up.
            tools.Trouble(failure);
            outcome = new RunOutcome.Failed(RunFailure.Runtime, "");
        }
        // Stopped with the process, it has shown nothing: the next life asks again.
        if (tools.Runs.Stopping.IsCancellationRequested) return;
        var result = outcome is RunOutcome.Done done ? done.Result : Digest.Zero;
        Pump.Answer(role, id, new Answer.RerunDone(rerun.Task, rerun.Rank, result));
    }
}
