using System.Reflection;
using Stun.Tests.Wire;

namespace Stun.Tests.Hostility;

/// <summary>Changes one thing somewhere in a message that was sensible: what a hostile peer would send.</summary>
public sealed class Twist(Prng prng)
{
    private readonly RandomWireValues values = new(prng);

    public T Of<T>(T message)
        where T : notnull => (T)Of(message, typeof(T));

    private object Of(object value, Type declared)
    {
        var type = value.GetType();
        var constructor = IsOurs(type) ? ConstructorOf(type) : null;
        // Leaves are replaced; of what has parts, one part is twisted, or now and then the whole is replaced.
        if (constructor is null || prng.Below(8) == 0) return values.Make(declared);
        var parameters = constructor.GetParameters();
        var parts = parameters.Select(part => type.GetProperty(part.Name!)!.GetValue(value)).ToArray();
        var chosen = prng.Below(parts.Length);
        var partType = Nullable.GetUnderlyingType(parameters[chosen].ParameterType) ?? parameters[chosen].ParameterType;
        parts[chosen] = parts[chosen] is { } part ? Part(part, partType) : values.Make(partType);
        return constructor.Invoke(parts);
    }

    private object Part(object part, Type type)
    {
        if (!type.IsGenericType || type.Name != "ValueList`1") return Of(part, type);
        var element = type.GetGenericArguments()[0];
        var items = ((System.Collections.IEnumerable)part).Cast<object>().ToArray();
        if (items.Length == 0 || prng.Below(4) == 0) return values.Make(type);
        var twisted = Array.CreateInstance(element, items.Length);
        var chosen = prng.Below(items.Length);
        for (var index = 0; index < items.Length; index++)
            twisted.SetValue(index == chosen ? Of(items[index], element) : items[index], index);
        return Activator.CreateInstance(type, BindingFlags.NonPublic | BindingFlags.Instance, null, [twisted], null)!;
    }

    private static bool IsOurs(Type type) => type.Namespace == "Stun.Protocol" && !type.IsEnum;

    private static ConstructorInfo? ConstructorOf(Type type) => type
        .GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
        .Where(candidate => candidate.GetParameters() is { Length: > 0 } parameters
            && parameters.All(part => type.GetProperty(part.Name ?? "") is not null))
        .MaxBy(candidate => candidate.GetParameters().Length);
}
