using Stun.Tee.Intel;

namespace Stun.Tee.Checks;

/// <summary>How Intel judges one part of a platform.</summary>
/// <param name="Part"><see cref="Platform"/>, <see cref="Module"/> or <see cref="QuotingEnclave"/>.</param>
/// <param name="Date">Up to when known faults are mended at this level.</param>
public sealed record PartLevel(
    string Part, TcbStatus Status, DateTimeOffset Date, IReadOnlyList<string> Advisories)
{
    public const string Platform = "platform";
    public const string Module = "module";
    public const string QuotingEnclave = "quoting enclave";
}
