namespace Stun.Tee;

/// <summary>
/// One program that may run: facts of a verdict and what each must be. A name that ends in <c>_min</c> asks for at
/// least that number. All of them must hold.
/// </summary>
public sealed record MeasurementRule(IReadOnlyDictionary<string, string> Wanted)
{
    internal const string Least = "_min";

    /// <summary>Null, or the first fact that is another.</summary>
    public string? Difference(IReadOnlyDictionary<string, string> facts)
    {
        foreach (var (name, value) in Wanted)
        {
            var isLeast = name.EndsWith(Least, StringComparison.Ordinal);
            var fact = isLeast ? name[..^Least.Length] : name;
            if (!facts.TryGetValue(fact, out var found)) return $"there is no '{fact}'";
            var fits = isLeast
                ? ulong.TryParse(found, out var has) && ulong.TryParse(value, out var needs) && has >= needs
                : string.Equals(found, value, StringComparison.OrdinalIgnoreCase);
            if (!fits) return $"'{fact}' is {found}, and {(isLeast ? "at least " : "")}{value} is asked for";
        }
        return Wanted.Count == 0 ? "the rule asks for nothing" : null;
    }
}
