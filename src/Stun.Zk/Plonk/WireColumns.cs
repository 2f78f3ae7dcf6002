using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Stun.Zk.Fields;
using Stun.Zk.Files;

namespace Stun.Zk.Plonk;

/// <summary>The values of the three wires of all gates, from a witness.</summary>
internal static class WireColumns
{
    public static void Fill(PlonkKey key, Witness witness, NativeArray<Fr>[] columns)
    {
        using var values = new NativeArray<Fr>(key.Wires);
        // Wire 0 stands for wires that a gate has not. Its value is zero here, as the field's tools have agreed.
        for (var i = 1; i < witness.Count; i++) values.Span[i] = witness[i];
        AddUp(key, values.Span, witness.Count);
        for (var column = 0; column < columns.Length; column++)
        {
            var cursor = key.File.Walk(PlonkKey.MapA + (uint)column);
            for (var gate = 0; gate < key.GateCount; gate++)
            {
                columns[column].Span[gate] = values.Span[Wire(key, cursor.TakeUInt32(), key.Wires)];
            }
        }
    }

    private static void AddUp(PlonkKey key, Span<Fr> values, int at)
    {
        var cursor = key.File.Walk(PlonkKey.Additions);
        for (; at < values.Length; at++)
        {
            var addition = cursor.Take(PlonkKey.AdditionSize);
            var left = Wire(key, BinaryPrimitives.ReadUInt32LittleEndian(addition), at);
            var right = Wire(key, BinaryPrimitives.ReadUInt32LittleEndian(addition[4..]), at);
            values[at] = (Factor(addition[8..]) * values[left]) + (Factor(addition[40..]) * values[right]);
        }
    }

    private static Fr Factor(ReadOnlySpan<byte> bytes) => new(MemoryMarshal.Read<Limbs>(bytes));

    private static int Wire(PlonkKey key, uint wire, int below) =>
        wire < below ? (int)wire : throw key.File.Shape($"a gate names wire {wire} where {below} are known");
}
