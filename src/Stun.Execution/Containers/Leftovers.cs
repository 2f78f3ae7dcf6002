using Stun.Execution.Linux;

namespace Stun.Execution.Containers;

/// <summary>
/// What an earlier life of this host left: killed first, then forgotten by the runtime, unmounted and removed. It
/// trusts nothing but names: directories, mounts and groups are found by looking, not by what was written down.
/// </summary>
internal sealed class Leftovers(HostGround ground, IContainerDriver driver)
{
    public async Task<IReadOnlyList<LostRun>> ClearAsync()
    {
        var lost = new List<LostRun>();
        // A runtime that was about to start a container would go on without us. It stands in the directory of its run.
        ProcessTable.KillThoseIn(ground.Runs);
        foreach (var name in ground.Groups.Names()) Kill(name);
        foreach (var directory in Directory.EnumerateDirectories(ground.Runs).Order(StringComparer.Ordinal).ToArray())
        {
            var record = RunRecord.Read(directory);
            await driver.ForgetAsync(Path.GetFileName(directory)).ConfigureAwait(false);
            await EgressNetwork.RemoveAsync(Path.GetFileName(directory)).ConfigureAwait(false);
            HostGround.Clear(directory);
            if (record?.Name is { } name) lost.Add(new LostRun(name, new Instant(record.StartedAtMicros)));
        }
        foreach (var name in ground.Groups.Names())
        {
            using var group = ground.Groups.Open(name);
            group.Remove();
        }
        return lost;
    }

    private void Kill(string name)
    {
        using var group = ground.Groups.Open(name);
        group.Kill();
    }
}
