using System.Text.Json;
using Stun.Tee.Reading;

namespace Stun.Tee.Intel;

/// <summary>The levels of one family of platforms, as Intel judges them.</summary>
internal sealed record TcbInfo
{
    private const int ComponentCount = 16;

    public required string Id { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required DateTimeOffset NextAt { get; init; }

    public required byte[] Fmspc { get; init; }

    public required byte[] PceId { get; init; }

    public required uint Evaluation { get; init; }

    /// <summary>From the highest downwards; the first that fits counts.</summary>
    public required IReadOnlyList<PlatformLevel> Levels { get; init; }

    /// <summary>Of platforms whose module carries no version of its own.</summary>
    public ModuleIdentity? Module { get; init; }

    public IReadOnlyList<ModuleIdentity> Modules { get; init; } = [];

    public sealed record PlatformLevel(
        IReadOnlyList<int> Components, int PceSvn, IReadOnlyList<int>? TdxComponents, TcbStatus Status,
        IReadOnlyList<string> Advisories, DateTimeOffset Date);

    public sealed record ModuleIdentity(
        string Id, byte[] Signer, byte[] Attributes, byte[] AttributesMask, IReadOnlyList<SvnLevel> Levels);

    public static TcbInfo Read(SignedJson signed) => signed.Read("The list of levels", root =>
    {
        var version = root.GetProperty("version").GetInt32();
        if (version != 3) throw new EvidenceException("format.version", $"A list of levels of version {version}.");
        var type = root.GetProperty("tcbType").GetInt32();
        if (type != 0) throw new EvidenceException("format.version", $"A list of levels of type {type}.");
        var id = SignedJson.Text(root.GetProperty("id"), "id");
        return new TcbInfo
        {
            Id = id,
            IssuedAt = SignedJson.TimeOf(root, "issueDate"),
            NextAt = SignedJson.TimeOf(root, "nextUpdate"),
            Fmspc = SignedJson.HexOf(root, "fmspc", 6),
            PceId = SignedJson.HexOf(root, "pceId", 2),
            Evaluation = root.GetProperty("tcbEvaluationDataNumber").GetUInt32(),
            Levels = [.. root.GetProperty("tcbLevels").EnumerateArray().Select(level => ReadLevel(level, id == "TDX"))],
            Module = root.TryGetProperty("tdxModule", out var module) ? ReadModule(module, "TDX", []) : null,
            Modules = root.TryGetProperty("tdxModuleIdentities", out var modules)
                ? [.. modules.EnumerateArray().Select(ReadIdentity)] : [],
        };
    });

    private static PlatformLevel ReadLevel(JsonElement level, bool isTdx)
    {
        var tcb = level.GetProperty("tcb");
        return new PlatformLevel(
            ReadComponents(tcb, "sgxtcbcomponents"), tcb.GetProperty("pcesvn").GetInt32(),
            isTdx ? ReadComponents(tcb, "tdxtcbcomponents") : null, SignedJson.StatusOf(level),
            SignedJson.AdvisoriesOf(level), SignedJson.TimeOf(level, "tcbDate"));
    }

    private static int[] ReadComponents(JsonElement tcb, string name)
    {
        var components = tcb.GetProperty(name).EnumerateArray().Select(each => each.GetProperty("svn").GetInt32());
        int[] found = [.. components];
        return found.Length == ComponentCount ? found
            : throw new EvidenceException("format.json", $"'{name}' has {found.Length} components.");
    }

    private static ModuleIdentity ReadIdentity(JsonElement module) => ReadModule(
        module, SignedJson.Text(module.GetProperty("id"), "id"), SvnLevel.ReadAll(module));

    private static ModuleIdentity ReadModule(JsonElement module, string id, IReadOnlyList<SvnLevel> levels) => new(
        id, SignedJson.HexOf(module, "mrsigner", 48), SignedJson.HexOf(module, "attributes", 8),
        SignedJson.HexOf(module, "attributesMask", 8), levels);

    public override string ToString() => $"{Id} {Bits.Hex(Fmspc)}";
}
