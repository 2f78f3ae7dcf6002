using Stun.Zk.Fields;

namespace Stun.Zk.Circuits;

/// <summary>Values for the inputs of a circuit, by name. Arrays are named once and counted from 0.</summary>
public sealed class Assignment
{
    private readonly SortedDictionary<string, Fr> values = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, Fr> Values => values;

    public Assignment Set(string name, Fr value)
    {
        if (!values.TryAdd(name, value)) throw new CircuitException($"The input '{name}' is given twice.");
        return this;
    }

    public Assignment Set(string name, long value) => Set(name, Fr.FromInt64(value));

    public Assignment Set(string name, IEnumerable<Fr> values)
    {
        foreach (var (index, value) in values.Index()) Set($"{name}[{index}]", value);
        return this;
    }

    public Assignment Set(string name, IEnumerable<long> values) => Set(name, values.Select(Fr.FromInt64));
}
