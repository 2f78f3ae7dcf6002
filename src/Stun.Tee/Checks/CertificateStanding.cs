namespace Stun.Tee.Checks;

/// <summary>What lists of revoked certificates say of one certificate of a chain.</summary>
/// <param name="Chain">Whose chain it is in.</param>
/// <param name="Position">From the signing key's own, 0, upwards; the root has none above it and is not in a list.
/// </param>
/// <param name="Serial">In hexadecimal.</param>
/// <param name="Text">Which list, and until when; or why none was asked.</param>
public sealed record CertificateStanding(
    string Chain, int Position, string Serial, CheckOutcome Outcome, string Text);
