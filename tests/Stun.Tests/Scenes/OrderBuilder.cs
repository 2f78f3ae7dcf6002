namespace Stun.Tests.Scenes;

/// <summary>An order that every check accepts; a test says only what it is about.</summary>
internal sealed record OrderBuilder
{
    public Address Requester { get; init; } = Scene.Requester();
    public ulong Key { get; init; } = 1;
    public Work Work { get; init; } = new Work.Image(Scene.DigestOf(9), "");
    public ValueList<string> Command { get; init; } = ["run"];
    public ValueList<BlobRef> Inputs { get; init; } = [];
    public VerificationPolicy Verification { get; init; } = new VerificationPolicy.SampledAudit(50_000);
    public Comparator Comparator { get; init; } = new Comparator.Bytes();
    public RequesterPolicy Policy { get; init; } = RequesterPolicy.Open;
    public Resources Resources { get; init; } = new(1, GpuModel.Any, 16_384, 80, 1_000, 1_024, 1_024, [], 1);
    public Privacy Privacy { get; init; } = Privacy.None;
    public Duration RunTimeMax { get; init; } = Duration.Seconds(10);
    public Amount PriceLimit { get; init; } = new(100_000);
    public Instant Deadline { get; init; } = Scene.Start + Duration.Seconds(600);
    public Priority Priority { get; init; } = Priority.Normal;
    public Address Creator { get; init; }

    public byte Nodes
    {
        init => Resources = Resources with { Nodes = value };
    }

    public TaskOrder Order => new(
        Requester, Key,
        new TaskSpec(
            Work, Command, Inputs, ["*.root"],
            Resources, Privacy, Verification, Comparator,
            Policy),
        RunTimeMax, PriceLimit, Deadline, Priority, Creator, Region.Anywhere);

    public SignedOrder Signed => Scene.Sign(Order);

    public TaskId Id => Scene.IdOf(Order);
}
