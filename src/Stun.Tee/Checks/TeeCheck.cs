namespace Stun.Tee.Checks;

/// <param name="Code">Stays what it is: see <see cref="CheckBook"/>.</param>
/// <param name="Text">What was found, for a person.</param>
public sealed record TeeCheck(string Code, CheckOutcome Outcome, string Text);
