namespace Stun.Node.Operator.Responders;

/// <summary>Says the data again, whatever they are: for trying out whether anybody is there.</summary>
public sealed class PingResponder : IResponder
{
    public Task<Found> AnswerAsync(Inquiry inquiry, CancellationToken cancel) =>
        Task.FromResult<Found>(new Found.Plain(inquiry.Data.ToArray()));
}
