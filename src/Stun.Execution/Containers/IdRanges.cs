namespace Stun.Execution.Containers;

/// <summary>
/// Hands out the ranges of user ids that containers are mapped to outside. No two containers share one: a process that
/// came out of its container would still own nothing, also not of its neighbours.
/// </summary>
internal sealed class IdRanges
{
    /// <summary>Just above what systemd gives to containers of its own; up to where ids turn negative.</summary>
    private const uint First = 0x7000_0000;

    /// <summary>More containers at once than a machine has processes for.</summary>
    private const uint Count = 4096;

    /// <summary>Two hosts on one machine begin at different places.</summary>
    private uint next = (uint)Random.Shared.Next((int)Count);

    private readonly Lock gate = new();
    private readonly HashSet<uint> taken = [];

    public uint Take()
    {
        lock (gate)
        {
            if (taken.Count == Count)
                throw new ExecutionException(
                    "run.too-many", $"{Count} containers are there already.", "Wait for some to end.");
            while (!taken.Add(next)) next = (next + 1) % Count;
            return First + next * ContainerSpec.IdCount;
        }
    }

    public void Return(uint firstId)
    {
        lock (gate) taken.Remove((firstId - First) / ContainerSpec.IdCount);
    }
}
