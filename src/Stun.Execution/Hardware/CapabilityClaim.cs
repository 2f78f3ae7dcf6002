using System.Security.Cryptography;
using System.Text;

namespace Stun.Execution.Hardware;

/// <summary>Makes the network's record of what was found here.</summary>
public static class CapabilityClaim
{
    /// <summary>A record speaks for a node and not for an escrow, so it names neither chain nor contract.</summary>
    public static readonly TypedDataDomain Domain = new(0, Address.Zero);

    private const int TextMax = 96;
    private const int GpusMax = 128;

    // Words that are on every card of a maker and tell none apart.
    private static readonly HashSet<string> Ornaments = new(StringComparer.OrdinalIgnoreCase)
    {
        "NVIDIA", "AMD", "Intel", "GeForce", "Radeon", "Instinct", "Tesla", "Quadro", "Graphics", "Corporation",
        "(R)", "Generation", "Ada", "PCIe",
    };

    public static CapabilityRecord Make(
        HardwareReport machine, ProbeReport? probes, Address node, Digest nonce, Instant measuredAt) => new(
        node,
        HardwareOf(machine),
        Cut(machine.Cpu.Model),
        Figures(probes),
        machine.Tee.Kinds,
        Gpus(machine),
        probes?.Version ?? 0,
        measuredAt,
        nonce);

    /// <summary>What an offer says. GPUs are sold alike: the most frequent model is the one that counts.</summary>
    public static Protocol.Hardware HardwareOf(HardwareReport machine)
    {
        var alike = machine.Gpus.Where(GpuSource.IsUsable)
            .GroupBy(gpu => (Name: ShortModel(gpu.Model), gpu.ComputeCapability))
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        return new Protocol.Hardware(
            alike is null ? GpuModel.Any : GpuModel.Parse(alike.Key.Name),
            (ushort)Math.Min(alike?.Count() ?? 0, ushort.MaxValue),
            MiB(alike?.Min(gpu => gpu.MemoryBytes) ?? 0),
            alike?.Key.ComputeCapability ?? 0,
            (uint)Math.Clamp(machine.Cpu.UsableMillis, 0, uint.MaxValue),
            MiB(machine.Memory.UsableBytes),
            MiB(machine.Disk.FreeBytes));
    }

    /// <summary>Up to eight characters from a maker's name: H100, A100SXM4, RTX4090, MI300X.</summary>
    public static string ShortModel(string model)
    {
        const int LengthMax = 8;
        var name = new StringBuilder();
        foreach (var word in model.Split([' ', '-', '/', '[', ']'], StringSplitOptions.RemoveEmptyEntries))
        {
            // What follows the size of the memory is the kind of the memory.
            if (word.EndsWith("GB", StringComparison.OrdinalIgnoreCase) && char.IsAsciiDigit(word[0])) break;
            if (Ornaments.Contains(word)) continue;
            foreach (var character in word)
                if (char.IsAsciiLetterOrDigit(character) && name.Length < LengthMax) name.Append(character);
        }
        return name.Length == 0 ? "unknown" : name.ToString();
    }

    private static ValueList<GpuCapability> Gpus(HardwareReport machine)
    {
        List<GpuCapability> found = [];
        foreach (var gpu in machine.Gpus.Where(GpuSource.IsUsable))
        {
            // A card that is cut into slices is sold by the slice.
            foreach (var slice in gpu.MigInstances)
                found.Add(new GpuCapability(
                    Cut($"{gpu.Model} {slice.Profile}"), MiB(slice.MemoryBytes), gpu.ComputeCapability,
                    DigestOf(slice.Uuid), true));
            if (gpu.MigInstances.Count == 0)
                found.Add(new GpuCapability(
                    Cut(gpu.Model), MiB(gpu.MemoryBytes), gpu.ComputeCapability, DigestOf(gpu.Uuid), false));
        }
        return ValueList.Create<GpuCapability>([.. found.Take(GpusMax)]);
    }

    private static ProbeFigures Figures(ProbeReport? probes) => probes is null
        ? new ProbeFigures(0, 0, 0, 0, 0, 0, 0, 0, 0)
        : new ProbeFigures(
            (ulong)probes.MemoryBytes.PerSecond,
            (ulong)probes.Sha256Bytes.PerSecond,
            (ulong)probes.Sha256BytesOneThread.PerSecond,
            (ulong)probes.FloatOperations.PerSecond,
            (ulong)probes.DiskWriteBytes.PerSecond,
            (ulong)probes.DiskReadBytes.PerSecond,
            (ulong)probes.DiskRandomReads.PerSecond,
            (ulong)probes.GpuMemory.BytesVerified,
            (ulong)probes.GpuMemory.FillBytesPerSecond);

    private static Digest DigestOf(string uuid) =>
        uuid.Length == 0 ? Digest.Zero : Digest.Read(SHA256.HashData(Encoding.UTF8.GetBytes(uuid)));

    private static uint MiB(long bytes) => (uint)Math.Clamp(bytes >> 20, 0, uint.MaxValue);

    /// <summary>Fits the wire: no more bytes than a text may have, and no half of a surrogate pair.</summary>
    private static string Cut(string text)
    {
        var cut = new StringBuilder();
        var bytes = 0;
        foreach (var rune in text.EnumerateRunes())
            if ((bytes += rune.Utf8SequenceLength) <= TextMax) cut.Append(rune.ToString());
        return cut.ToString();
    }
}
