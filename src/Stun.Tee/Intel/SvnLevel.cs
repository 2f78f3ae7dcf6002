using System.Text.Json;

namespace Stun.Tee.Intel;

/// <summary>A level that is told by one security version: of a module or of the quoting enclave.</summary>
internal sealed record SvnLevel(int Svn, TcbStatus Status, DateTimeOffset Date, IReadOnlyList<string> Advisories)
{
    public static IReadOnlyList<SvnLevel> ReadAll(JsonElement parent) =>
    [
        .. parent.GetProperty("tcbLevels").EnumerateArray().Select(level => new SvnLevel(
            level.GetProperty("tcb").GetProperty("isvsvn").GetInt32(), SignedJson.StatusOf(level),
            SignedJson.TimeOf(level, "tcbDate"), SignedJson.AdvisoriesOf(level))),
    ];

    /// <summary>The first that is not above; they come from the highest downwards.</summary>
    public static SvnLevel? Of(IReadOnlyList<SvnLevel> levels, int svn) =>
        levels.FirstOrDefault(level => svn >= level.Svn);
}
