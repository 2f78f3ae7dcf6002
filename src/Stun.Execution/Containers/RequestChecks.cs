namespace Stun.Execution.Containers;

/// <summary>What a request must keep to before anything is made for it.</summary>
internal static class RequestChecks
{
    /// <summary>Below this not even the shell and a small runtime start.</summary>
    private const long MemoryMin = 4 << 20;

    private const long DiskMin = 64 << 10;

    private const int ProcessesMin = 4;

    public static void Check(RunRequest request)
    {
        var limits = request.Limits;
        if (request.Name.Length is 0 or > 128 || !request.Name.All(IsNameLetter))
            Refuse("name", request.Name, "of small letters, digits and dashes, 1 to 128");
        AtLeast("memory", limits.MemoryBytes, MemoryMin);
        AtLeast("disk", limits.DiskBytes, DiskMin);
        AtLeast("cpu (thousandths)", limits.CpuMillis, 10);
        AtLeast("processes", limits.Processes, ProcessesMin);
        AtLeast("log bytes", limits.LogBytes, 0);
        if (limits.WallClock <= TimeSpan.Zero || limits.WallClock > TimeSpan.FromDays(24))
            Refuse("wall clock", limits.WallClock, "above zero and up to 24 days");
        if (!limits.CpuSet.All(letter => char.IsAsciiDigit(letter) || letter is ',' or '-'))
            Refuse("cpu set", limits.CpuSet, "a list such as 0-3,8");
        foreach (var pattern in request.Outputs) _ = new OutputPattern(pattern);
    }

    private static bool IsNameLetter(char letter) =>
        char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-';

    private static void AtLeast(string what, long value, long least)
    {
        if (value < least) Refuse(what, value, $"at least {least}");
    }

    private static void Refuse(string what, object value, string allowed) =>
        throw new ExecutionException("run.limit", $"The {what} of a run is {value}.", $"It must be {allowed}.");
}
