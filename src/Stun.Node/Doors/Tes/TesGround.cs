using Stun.Node.Gateway;
using Stun.Node.Storage;

namespace Stun.Node.Doors.Tes;

/// <summary>What the tasks of this door stand on.</summary>
internal sealed record TesGround(DoorPlan Plan, TesBook Book, TesFiles Files, TesSettings Settings)
{
    public ReadModelQueries Queries { get; } = new(Plan.Database);

    public StoredResults Results { get; } = new(Plan.Blobs);

    public Instant Now => Plan.Process.Pump.Now;

    /// <summary>What was kept is on the disk.</summary>
    public Task SettleAsync() => Plan.Process.Pump.SettleAsync();
}
