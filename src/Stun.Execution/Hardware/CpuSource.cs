namespace Stun.Execution.Hardware;

/// <summary>Reads /proc/cpuinfo, the affinity of this process, and the quota of its control group.</summary>
public static class CpuSource
{
    private static readonly string[] FlagsThatMatter =
        ["aes", "asimd", "avx", "avx2", "fma", "sha2", "sha_ni", "sse4_2", "sve", "sve2"];

    private static readonly string[] FamiliesThatMatter = ["avx512", "amx_"];

    public static CpuReport Read(MachineFiles files)
    {
        var threads = Processors(files.Text("/proc/cpuinfo"));
        var first = threads.FirstOrDefault(thread => Of(thread, "model name").Length > 0)
            ?? threads.FirstOrDefault() ?? [];
        var allowed = AllowedCount(files);
        if (allowed == 0) allowed = threads.Count;
        var quota = ControlGroup.Of(files).CpuMillis();
        var whole = allowed * 1000L;
        return new CpuReport(
            Model(first),
            Of(first, "vendor_id") is { Length: > 0 } vendor ? vendor : Of(first, "CPU implementer"),
            Distinct(threads, "physical id"),
            Cores(threads),
            threads.Count,
            allowed,
            quota,
            quota is { } limit && limit < whole ? limit : whole,
            LastCacheBytes(files),
            ValueList.Create<string>([.. Flags(first)]));
    }

    /// <summary>All flags of the first processor: what TEEs are looked for in.</summary>
    public static IReadOnlySet<string> AllFlags(MachineFiles files) =>
        Processors(files.Text("/proc/cpuinfo")).FirstOrDefault() is { } first ? FlagSet(first) : new HashSet<string>();

    /// <summary>How many numbers a list like 0-3,8 holds; 0 for what is no such list.</summary>
    public static int CountOfList(string list)
    {
        const int CountMax = 1 << 16;
        var count = 0L;
        foreach (var part in list.Trim().Split(','))
        {
            var ends = part.Split('-');
            if (ends.Length > 2 || NumberText.Parse(ends[0]) is not { } from || NumberText.Parse(ends[^1]) is not { } to
                || to < from || to >= CountMax) return 0;
            count += to - from + 1;
        }
        return count <= CountMax ? (int)count : 0;
    }

    private static int AllowedCount(MachineFiles files)
    {
        const string Key = "Cpus_allowed_list:";
        var line = files.Lines("/proc/self/status")
            .FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal));
        return line is null ? 0 : CountOfList(line[Key.Length..]);
    }

    private static long LastCacheBytes(MachineFiles files)
    {
        const string Cpus = "/sys/devices/system/cpu";
        // Threads that share a cache name it with the same list of threads.
        SortedDictionary<string, long> found = new(StringComparer.Ordinal);
        foreach (var name in files.Names(Cpus))
        {
            if (!name.StartsWith("cpu", StringComparison.Ordinal) || !char.IsAsciiDigit(name[^1])) continue;
            var cache = $"{Cpus}/{name}/cache/index3";
            var size = files.Line(cache + "/size");
            if (size.EndsWith('K'))
                found[files.Line(cache + "/shared_cpu_list")] =
                    NumberText.Scaled(NumberText.Parse(size.AsSpan(0, size.Length - 1)), 1024);
        }
        return found.Values.Where(bytes => bytes < 1L << 40).Sum();
    }

    private static List<Dictionary<string, string>> Processors(string text)
    {
        List<Dictionary<string, string>> found = [];
        foreach (var line in text.Split('\n'))
        {
            var colon = line.IndexOf(':');
            if (colon < 0) continue;
            var key = line[..colon].Trim();
            if (key == "processor") found.Add([]);
            if (found.Count > 0) found[^1][key] = line[(colon + 1)..].Trim();
        }
        return found;
    }

    private static string Of(Dictionary<string, string> thread, string key) => thread.GetValueOrDefault(key, "");

    private static string Model(Dictionary<string, string> first)
    {
        if (Of(first, "model name") is { Length: > 0 } name) return name;
        // Arm names no model: implementer and part are what there is.
        return Of(first, "CPU part") is { Length: > 0 } part ? $"{Of(first, "CPU implementer")} {part}" : "";
    }

    private static int Distinct(List<Dictionary<string, string>> threads, string key) =>
        Math.Max(Math.Min(threads.Count, 1), threads.Select(thread => Of(thread, key)).Distinct().Count());

    private static int Cores(List<Dictionary<string, string>> threads) =>
        threads.All(thread => thread.ContainsKey("core id"))
            ? threads.Select(thread => (Of(thread, "physical id"), Of(thread, "core id"))).Distinct().Count()
            : threads.Count;

    private static IEnumerable<string> Flags(Dictionary<string, string> first) =>
        FlagSet(first)
            .Where(flag => FlagsThatMatter.Contains(flag)
                || FamiliesThatMatter.Any(family => flag.StartsWith(family, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal);

    private static HashSet<string> FlagSet(Dictionary<string, string> first) =>
        [.. $"{Of(first, "flags")} {Of(first, "Features")}".Split(' ', StringSplitOptions.RemoveEmptyEntries)];
}
