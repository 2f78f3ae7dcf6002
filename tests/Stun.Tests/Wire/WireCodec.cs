using System.Reflection;

namespace Stun.Tests.Wire;

/// <summary>The generated codec of one [Wire] type, found by its name so that no new type can be forgotten.</summary>
public abstract class WireCodec
{
    public abstract Type Type { get; }

    public abstract byte[] Encode(object value);

    public abstract object Decode(byte[] data);

    public static IReadOnlyList<WireCodec> All { get; } =
        [.. In(typeof(ProtocolWire)), .. In(typeof(EngineWire))];

    /// <summary>One for each Decode method of a codec class, in order of names.</summary>
    public static IEnumerable<WireCodec> In(Type codecs) =>
        from method in codecs.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)
        where method.Name.StartsWith("Decode", StringComparison.Ordinal)
        orderby method.ReturnType.FullName
        select (WireCodec)Activator.CreateInstance(typeof(WireCodec<>).MakeGenericType(method.ReturnType), method)!;

    public override string ToString() => Type.Name;
}

public sealed class WireCodec<T>(MethodInfo decodeMethod) : WireCodec
    where T : class
{
    private delegate T Decoder(ReadOnlySpan<byte> data);

    private readonly Decoder decode = decodeMethod.CreateDelegate<Decoder>();

    private readonly Func<T, byte[]> encode = decodeMethod.DeclaringType!
        .GetMethod("Encode", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static, [typeof(T)])!
        .CreateDelegate<Func<T, byte[]>>();

    public override Type Type => typeof(T);

    public override byte[] Encode(object value) => encode((T)value);

    public override object Decode(byte[] data) => decode(data);
}
