namespace Stun.Node.Operator.Responders;

/// <summary>
/// The prototype let any payer start any image on the node's machine under this name. Here the owner says which images
/// there are, and whoever asks is told.
/// </summary>
public sealed class PullResponder(IReadOnlyList<string> allowed) : IResponder
{
    public Task<Found> AnswerAsync(Inquiry inquiry, CancellationToken cancel) =>
        throw new RequestRefusedException("operator.no-pull",
            "Nobody but its owner brings images to this node. "
            + (allowed.Count == 0 ? "It offers no containers." : $"It offers {string.Join(", ", allowed)}."));
}
