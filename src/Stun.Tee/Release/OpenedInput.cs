namespace Stun.Tee.Release;

/// <summary>An input that has opened whole. Whoever has it can seal outputs, see <see cref="OutputSealer"/>.</summary>
/// <param name="Protection">What the requester knew of this place when it sealed.</param>
public sealed record OpenedInput(Protection Protection, SealContext Context, InputSecret Secret)
{
    /// <summary>For a task with this input alone.</summary>
    public OutputSealer Outputs() => new([this]);
}
