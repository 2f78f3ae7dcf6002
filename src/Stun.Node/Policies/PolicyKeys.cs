using Stun.Node.Settings;

namespace Stun.Node.Policies;

/// <summary>The keys of both kinds of policy. docs/reference/policy.md is made from them.</summary>
internal static class PolicyKeys
{
    private const string ADigest = "sha256:" + "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";
    private const string AnAddress = "0x8ba1f109551bd432803012645ac136ddd64dba72";

    private static readonly SettingKey Version = new(
        "version", Forms.Number(1, 1), "", "Of this form of the file.", "1")
    {
        IsRequired = true,
    };

    public static readonly KeyTable Provider = new([Version, .. Who, .. What, .. When, .. HowMuch]);

    public static readonly KeyTable Requester = new([Version, .. Providers, .. Order]);

    private static IEnumerable<SettingKey> Who =>
    [
        new("requesters.allowed", Forms.Address, "", "Whose tasks are run. Left out: everybody's.", AnAddress)
        { IsList = true, IsSet = true, IsNeverEmpty = true },
        new("requesters.denied", Forms.Address, "[]", "Whose tasks are never run.", AnAddress)
        { IsList = true, IsSet = true },
        new("requesters.homes", Forms.Region, "",
            "Regions that an order may name as its home; an order that names none is refused then.", "eu-de")
        { IsList = true, IsSet = true, IsNeverEmpty = true },
    ];

    private static IEnumerable<SettingKey> What =>
    [
        new("images.allowed", Forms.ContentDigest, "",
            "Images and models that are run. With this list or images.sources, only what is in either is run.", ADigest)
        { IsList = true, IsSet = true, IsNeverEmpty = true },
        new("images.denied", Forms.ContentDigest, "[]", "Images and models that are never run.", ADigest)
        { IsList = true, IsSet = true },
        new("images.sources", PolicyForms.Image, "",
            "Where images may come from. * stands for one part of a path, ** for any number of them.",
            "docker://registry.example/physics/*")
        { IsList = true, IsSet = true, IsNeverEmpty = true },
        new("images.sources-denied", PolicyForms.Image, "[]",
            "Where no image may come from. One registry may have several names: a list of what is allowed is safer.",
            "docker://registry.example/games/**")
        { IsList = true, IsSet = true },
        new("privacy.accepted", PolicyForms.Privacy, "none", "Levels of privacy that this provider can keep.", "tee")
        { IsList = true, IsSet = true, IsNeverEmpty = true },
        new("verification.accepted", PolicyForms.Floor, "none, audit 0%, redundant 2, zk, tee",
            "Kinds of verification that are accepted. 'audit 5%' means audits at that rate or above, 'redundant 2' two "
            + "or more providers that must agree.", "audit 5%")
        { IsList = true, IsSet = true, IsNeverEmpty = true },
        new("price.per-second-min", Forms.Amount, "0", "What a lease must pay a second at least.", "250"),
    ];

    private static IEnumerable<SettingKey> When =>
    [
        new("hours.windows", PolicyForms.Window, "",
            "When a task may start, in the offset from UTC at the end. Left out: always. A window that ends before it "
            + "begins goes past midnight.", "mon-fri 18:00-08:00 +01:00")
        { IsList = true, IsSet = true, IsNeverEmpty = true },
        new("hours.whole-run", Forms.Bool, "false",
            "The longest time that a task may run must fit into the windows, too.", "true"),
    ];

    private static IEnumerable<SettingKey> HowMuch =>
    [
        new("data.inputs", Forms.Number(0, 256), "256", "Inputs of one task.", "16"),
        new("data.input-bytes", Forms.Size, "64GiB", "All inputs of one task together.", "10GiB"),
        new("data.result-bytes", Forms.Size, "16GiB",
            "The result of one task. It is known only when a run ends: the host keeps this limit, no rule does.",
            "2GiB"),
        new("network.egress", PolicyForms.Destination, "[]",
            "Destinations that tasks may connect to. Left out: none.", "data.example:443")
        { IsList = true, IsSet = true },
        new("task.run-time", Forms.Time, "", "The longest that one task may run.", "6h"),
        new("task.cpu", Forms.CpuMillis, "", "Processors of one task.", "16"),
        new("task.memory", Forms.Mebibytes, "", "Memory of one task.", "64GiB"),
        new("task.disk", Forms.Mebibytes, "", "Scratch space of one task.", "200GiB"),
        new("task.gpus", Forms.Number(0, 65_535), "", "GPUs of one task.", "4"),
        new("total.tasks", Forms.Number(1, 100_000), "", "Tasks that run at once.", "8"),
        new("total.cpu", Forms.CpuMillis, "", "Processors of all tasks together.", "48"),
        new("total.memory", Forms.Mebibytes, "", "Memory of all tasks together.", "192GiB"),
        new("total.disk", Forms.Mebibytes, "", "Scratch space of all tasks together.", "1TiB"),
        new("total.gpus", Forms.Number(0, 65_535), "", "GPUs of all tasks together.", "8"),
    ];

    private static IEnumerable<SettingKey> Providers =>
    [
        new("regions", Forms.Region, "", "Where a task may run. Left out: anywhere.", "eu-de")
        { IsList = true, IsSet = true, IsNeverEmpty = true },
        new("providers.allowed", Forms.Address, "", "Who may run a task. Left out: everybody.", AnAddress)
        { IsList = true, IsSet = true, IsNeverEmpty = true },
        new("providers.denied", Forms.Address, "[]", "Who must not run a task.", AnAddress)
        { IsList = true, IsSet = true },
        new("providers.reputation-min", Forms.Share, "0%", "How well a provider must have done so far.", "90%"),
        new("providers.stake-min", Forms.Amount, "0", "What a provider must have at stake.", "100_000"),
    ];

    private static IEnumerable<SettingKey> Order =>
    [
        new("tee", Forms.Bool, "false", "The task must run in a trusted execution environment.", "true"),
        new("price-per-second-max", Forms.Amount, "",
            "What one attempt may cost a second; it lowers the order's price limit to that, times attempts and "
            + "seconds.",
            "900"),
        new("verification", PolicyForms.Verification, "",
            "How the result is verified where the order does not say, and how strongly at least where it does.",
            "redundant 2 of 3"),
    ];
}
