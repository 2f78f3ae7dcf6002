namespace Stun.Execution.Containers;

/// <summary>What a request must keep to before anything is made for it.</summary>
internal static class RequestChecks
{
    /// <summary>Below this not even the shell and a small runtime start.</summary>
    private const long MemoryMin = 4 << 20;

    private const long DiskMin = 64 << 10;

    private const int ProcessesMin = 4;

    /// <summary>64 TiB: no machine has more, and sums of a few of them are far from the end of their type.</summary>
    private const long BytesMax = 1L << 46;

    /// <summary>Each is resolved before the start, and stands in a rule that every packet meets.</summary>
    private const int EgressRulesMax = 64;

    /// <summary>RFC 1035.</summary>
    private const int HostLengthMax = 253;

    public static void Check(RunRequest request)
    {
        var limits = request.Limits;
        if (request.Name.Length is 0 or > 128 || !request.Name.All(IsNameLetter))
            Refuse("name", request.Name, "of small letters, digits and dashes, 1 to 128");
        Within("memory", limits.MemoryBytes, MemoryMin, BytesMax);
        Within("disk", limits.DiskBytes, DiskMin, BytesMax);
        Within("cpu (thousandths)", limits.CpuMillis, 10, 10_000_000);
        Within("number of processes", limits.Processes, ProcessesMin, 1 << 20);
        Within("number of log bytes", limits.LogBytes, 0, BytesMax);
        Within("number of output files", limits.OutputFilesMax, 0, 1 << 20);
        if (limits.WallClock <= TimeSpan.Zero || limits.WallClock > TimeSpan.FromDays(24))
            Refuse("wall clock", limits.WallClock, "above zero and up to 24 days");
        if (!limits.CpuSet.All(letter => char.IsAsciiDigit(letter) || letter is ',' or '-'))
            Refuse("cpu set", limits.CpuSet, "a list such as 0-3,8");
        if (request.Command.Any(word => word.Contains('\0')))
            throw new ExecutionException("run.command-nul", "An argument of the command holds a zero character.",
                "No program can be given one; remove it.");
        if (request.Environment.Any(entry => entry.IndexOf('=') < 1 || entry.Contains('\0')))
            throw new ExecutionException("run.environment", "A setting of the environment is not NAME=VALUE.",
                "Mend it.");
        InputPlacement.Check(request.Inputs);
        CheckEgress(request.Egress);
        foreach (var pattern in request.Outputs) _ = new OutputPattern(pattern);
    }

    /// <summary>Names go into a file of lines: nothing but what a name is made of may stand in them.</summary>
    private static void CheckEgress(ValueList<EgressRule> rules)
    {
        if (rules.Count > EgressRulesMax)
            throw new ExecutionException("run.egress-rule", $"A run has {rules.Count} destinations.",
                $"It may have {EgressRulesMax}.");
        foreach (var rule in rules)
            if (rule.Port == 0 || rule.Host.Length is 0 or > HostLengthMax || rule.Host[0] == '-'
                || !rule.Host.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' or '_'))
                throw new ExecutionException("run.egress-rule",
                    $"'{rule.Host}', port {rule.Port}, is no destination.", "Give a host's name and a port above 0.");
    }

    private static bool IsNameLetter(char letter) =>
        char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-';

    private static void Within(string what, long value, long least, long most)
    {
        if (value < least || value > most) Refuse(what, value, $"from {least} to {most}");
    }

    private static void Refuse(string what, object value, string allowed) =>
        throw new ExecutionException("run.limit", $"The {what} of a run is {value}.", $"It must be {allowed}.");
}
