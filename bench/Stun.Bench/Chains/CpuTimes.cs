using System.Globalization;

namespace Stun.Bench.Chains;

/// <summary>Processor time that was used until a moment: by this process, by its pump, by the chain.</summary>
internal readonly record struct CpuTimes(double Own, double Pump, double Chain)
{
    /// <summary>Of the kernel's clock in /proc, the same on every Linux that we know.</summary>
    private const double TicksPerSecond = 100;

    public static CpuTimes Read(int chainProcess) => new(
        Environment.CpuUsage.TotalTime.TotalSeconds,
        Directory.EnumerateDirectories("/proc/self/task").Where(IsPump).Sum(each => Seconds($"{each}/stat")),
        Seconds($"/proc/{chainProcess}/stat"));

    public static CpuTimes operator -(CpuTimes later, CpuTimes earlier) => new(
        later.Own - earlier.Own, later.Pump - earlier.Pump, later.Chain - earlier.Chain);

    private static bool IsPump(string thread) => File.ReadAllText($"{thread}/comm").Trim() == "pump";

    private static double Seconds(string file)
    {
        // A name may hold anything; behind its bracket the words have fixed places (proc(5): 14 and 15 are the times).
        var text = File.ReadAllText(file);
        var words = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (Ticks(words[11]) + Ticks(words[12])) / TicksPerSecond;
    }

    private static double Ticks(string word) => double.Parse(word, CultureInfo.InvariantCulture);
}
