using System.Globalization;
using Stun.Node.Configuration;
using Stun.Node.Gateway;

namespace Stun.Node.Operator.Responders;

/// <summary>
/// Has a container run by the network: the data at its standard input or sent to its server, the answer at its standard
/// output or what the server says. Which image it is, the owner says; how sure the answer has to be, whoever pays.
/// </summary>
/// <param name="path">Of the server; nothing where there is none.</param>
public sealed class ContainerResponder(ContainerSettings settings, NetworkTasks tasks, string path) : IResponder
{
    /// <summary>For finding a provider, and for the network to agree, over the time of the run itself.</summary>
    private const long AgreeSeconds = 600;

    public async Task<Found> AnswerAsync(Inquiry inquiry, CancellationToken cancel)
    {
        var asked = inquiry.Pairs.Verify.Length > 0 ? inquiry.Pairs.Verify : settings.Verify;
        var verification = Verification.TryRead(asked)
            ?? throw new RequestRefusedException("operator.bad-verify",
                $"'{Sentence.Short(asked)}' is no way to verify. Give {Verification.Forms}.");
        var said = await tasks.RunAsync(FormOf(verification), inquiry.Data, inquiry.Memory, cancel)
            .ConfigureAwait(false);
        return new Found.Said(said);
    }

    private TaskForm FormOf(VerificationForm verification)
    {
        var seconds = (long)settings.RunTimeMax.SecondsStarted;
        return new TaskForm
        {
            Image = settings.Image,
            Command = settings.Http is { } http
                ? NetworkTasks.WithServer(http.Port, path, settings.Command.Span.ToArray())
                : NetworkTasks.WithInput(settings.Command.Span.ToArray()),
            RunTimeMaxSeconds = seconds,
            PriceLimit = settings.PriceLimit.Units.ToString(CultureInfo.InvariantCulture),
            Verification = verification,
            Deadline = DateTimeOffset.UtcNow.AddSeconds(seconds + AgreeSeconds),
            Resources = new ResourcesForm
            {
                CpuMillis = settings.CpuMillis,
                MemoryMib = settings.MemoryMiB,
                DiskMib = settings.DiskMiB,
            },
        };
    }
}
