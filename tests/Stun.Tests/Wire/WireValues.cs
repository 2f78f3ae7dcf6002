using System.Reflection;

namespace Stun.Tests.Wire;

/// <summary>Makes values of any wire type from a source of choices: dice for properties, a rule for examples.</summary>
public abstract class WireValues
{
    private sealed record RecordFields(ConstructorInfo? Constructor, (Type Type, bool Optional, int AtMost)[] Fields);

    private readonly Dictionary<Type, RecordFields> fieldsOf = [];
    private readonly Dictionary<Type, IReadOnlyList<Type>> casesOf = [];

    private static NullabilityInfoContext Nullability => new();

    public object Make(Type type) => Make(type, AtMostAttribute.Default);

    /// <summary>The next number, of at most this many bits.</summary>
    protected abstract ulong Number(int bits);

    protected abstract int Choose(int count);

    protected abstract int Count(int atMost);

    protected abstract bool Present();

    protected abstract string Text(int bytesMax);

    private object Make(Type type, int atMost)
    {
        if (type == typeof(bool)) return Choose(2) == 1;
        if (type == typeof(byte)) return (byte)Number(8);
        if (type == typeof(sbyte)) return unchecked((sbyte)Number(8));
        if (type == typeof(ushort)) return (ushort)Number(16);
        if (type == typeof(short)) return unchecked((short)Number(16));
        if (type == typeof(uint)) return (uint)Number(32);
        if (type == typeof(int)) return unchecked((int)Number(32));
        if (type == typeof(ulong)) return Number(64);
        if (type == typeof(long)) return unchecked((long)Number(64));
        if (type == typeof(UInt128)) return Choose(2) == 0 ? Number(64) : new UInt128(Number(64), Number(64));
        if (type == typeof(string)) return Text(atMost);
        // Fully random: their bytes are their value, and an address of small numbers would hide swapped parts.
        if (type.Name == "Signature") return Signature(type);
        if (type.IsEnum) return Enum.GetValues(type).GetValue(Choose(Enum.GetValues(type).Length))!;
        if (type.IsGenericType && type.Name == "ValueList`1") return List(type, atMost);
        if (type.IsAbstract) return Make(CaseOf(type), atMost);
        return Record(type);
    }

    public static IReadOnlyList<Type> CasesOf(Type family) =>
    [
        .. from nested in family.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic)
           where nested.BaseType == family
           orderby (int)nested.GetCustomAttributesData()
               .Single(mark => mark.AttributeType.Name == nameof(CaseAttribute)).ConstructorArguments[0].Value!
           select nested,
    ];

    private Type CaseOf(Type family)
    {
        if (!casesOf.TryGetValue(family, out var cases)) casesOf[family] = cases = CasesOf(family);
        return cases[Choose(cases.Count)];
    }

    private object Signature(Type type)
    {
        var digest = type.GetProperty("R")!.PropertyType;
        return Activator.CreateInstance(type, Make(digest), Make(digest), (byte)Choose(2))!;
    }

    private object Record(Type type)
    {
        if (!fieldsOf.TryGetValue(type, out var fields)) fieldsOf[type] = fields = FieldsOf(type);
        if (fields.Constructor is null) return Activator.CreateInstance(type)!;
        var values = new object?[fields.Fields.Length];
        for (var index = 0; index < values.Length; index++)
        {
            var (field, optional, atMost) = fields.Fields[index];
            values[index] = optional && !Present() ? null : Make(field, atMost);
        }
        return fields.Constructor.Invoke(values);
    }

    private static RecordFields FieldsOf(Type type)
    {
        var constructor = type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
            .Where(candidate => candidate.GetParameters() is not [{ ParameterType: var only }] || only != type)
            .MaxBy(candidate => candidate.GetParameters().Length);
        var parameters = constructor?.GetParameters() ?? [];
        return new RecordFields(constructor, [.. parameters.Select(parameter => Field(type, parameter))]);
    }

    private static (Type Type, bool Optional, int AtMost) Field(Type type, ParameterInfo parameter)
    {
        var property = type.GetProperty(parameter.Name!)!;
        var optional = Nullability.Create(property).ReadState == NullabilityState.Nullable;
        var value = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        var limit = property.GetCustomAttributesData()
            .SingleOrDefault(mark => mark.AttributeType.Name == nameof(AtMostAttribute));
        var standard = value == typeof(string) ? WireLimits.TextBytesMax : AtMostAttribute.Default;
        return (value, optional, limit is null ? standard : (int)limit.ConstructorArguments[0].Value!);
    }

    private object List(Type type, int atMost)
    {
        var element = type.GetGenericArguments()[0];
        var items = Array.CreateInstance(element, Count(atMost));
        for (var index = 0; index < items.Length; index++)
            items.SetValue(Make(element, element == typeof(string) ? 64 : AtMostAttribute.Default), index);
        return Activator.CreateInstance(type, BindingFlags.NonPublic | BindingFlags.Instance, null, [items], null)!;
    }
}

/// <summary>Anything that may be, ends of ranges more often than chance would have them.</summary>
public sealed class RandomWireValues(Prng prng) : WireValues
{
    protected override ulong Number(int bits) => prng.Below(8) switch
    {
        0 => 0,
        1 => ulong.MaxValue >> (64 - bits),
        2 => 1UL << (bits - 1),
        3 => (ulong)prng.Below(30),
        _ => (prng.Next() >> prng.Below(64)) & (ulong.MaxValue >> (64 - bits)),
    };

    protected override int Choose(int count) => prng.Below(count);

    protected override int Count(int atMost) =>
        prng.Below(200) == 0 ? Math.Min(atMost, 70) : prng.Below(Math.Min(atMost, 4) + 1);

    protected override bool Present() => prng.Below(2) == 0;

    protected override string Text(int bytesMax)
    {
        var text = new System.Text.StringBuilder();
        for (var left = prng.Below(200) == 0 ? bytesMax / 4 : prng.Below(Math.Min(bytesMax / 4, 12)); left > 0; left--)
            text.Append(char.ConvertFromUtf32((int)(prng.Below(3) switch
            {
                0 => prng.Between(0x10000, 0x10ffff),
                1 => prng.Between(0, 0xd7ff),
                _ => prng.Between(0x20, 0x7e),
            })));
        return text.ToString();
    }
}

/// <summary>
/// Counts up, takes the second of everything and two of each list, so that an example changes only when the wire does:
/// a case or a value that is added at the end changes no other example.
/// </summary>
public sealed class ExampleWireValues : WireValues
{
    private ulong last;

    protected override ulong Number(int bits) => ++last % (bits == 64 ? ulong.MaxValue : 1UL << bits);

    protected override int Choose(int count) => Math.Min(1, count - 1);

    protected override int Count(int atMost) => Math.Min(2, atMost);

    protected override bool Present() => true;

    protected override string Text(int bytesMax) => $"text-{++last}";
}
