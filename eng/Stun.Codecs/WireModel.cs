using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Stun.Codecs;

/// <summary>One thing that a codec needs a pair of methods for.</summary>
public abstract record WireShape(INamedTypeSymbol Type)
{
    public sealed record Record(INamedTypeSymbol Type, IReadOnlyList<WireField> Fields) : WireShape(Type);

    public sealed record Family(INamedTypeSymbol Type, IReadOnlyList<(int Number, Record Case)> Cases)
        : WireShape(Type);

    public sealed record Enumeration(INamedTypeSymbol Type, IReadOnlyList<ulong> Values) : WireShape(Type);
}

/// <param name="AtMost">Null for the default of its kind.</param>
public sealed record WireField(string Name, ITypeSymbol Type, bool Optional, int? AtMost);

/// <summary>Why a type cannot have a codec, and where it stands.</summary>
public sealed class WireModelException(string reason, ISymbol about)
    : Exception($"{about.Locations.FirstOrDefault()?.GetLineSpan().ToString() ?? about.ToString()}: {reason}");

/// <summary>All types with a wire form: those marked [Wire] and what can be reached from them.</summary>
public sealed class WireModel
{
    private readonly Dictionary<ISymbol, WireShape> shapes = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> open = new(SymbolEqualityComparer.Default);
    private readonly List<INamedTypeSymbol> roots = [];

    /// <param name="space">The namespace (with those inside it) whose [Wire] types are the roots.</param>
    public WireModel(Compilation compilation, string space)
    {
        foreach (var type in Types(compilation.GlobalNamespace).Where(type => IsIn(type, space)))
        {
            if (!Has(type, "WireAttribute")) continue;
            roots.Add(type);
            Reach(type);
        }
        roots.Sort((left, right) => string.CompareOrdinal(left.ToDisplayString(), right.ToDisplayString()));
    }

    public IReadOnlyList<INamedTypeSymbol> Roots => roots;

    public IEnumerable<WireShape> Shapes =>
        shapes.Values.OrderBy(shape => shape.Type.ToDisplayString(), StringComparer.Ordinal);

    public bool Contains(ITypeSymbol type) => shapes.ContainsKey(type);

    /// <summary>The values of fixed size that src/Stun.Protocol/WireForm.cs writes and reads by hand.</summary>
    public static bool IsByHand(ITypeSymbol type) =>
        type.ToDisplayString() is "Stun.Protocol.Address" or "Stun.Protocol.Digest" or "Stun.Protocol.TaskId"
            or "Stun.Protocol.Signature";

    public static bool IsList(ITypeSymbol type, out ITypeSymbol element)
    {
        element = type;
        if (type is not INamedTypeSymbol { IsGenericType: true } named) return false;
        if (named.ConstructedFrom.ToDisplayString() != "Stun.Protocol.ValueList<T>") return false;
        element = named.TypeArguments[0];
        return true;
    }

    /// <summary>An id or a quantity: a record struct around one number, written as that number.</summary>
    public static bool IsWrapper(ITypeSymbol type, out WireField inner)
    {
        inner = null!;
        if (type is not INamedTypeSymbol { IsValueType: true, IsRecord: true } named || IsByHand(type)) return false;
        var fields = Fields(named);
        if (fields.Count != 1 || !IsNumber(fields[0].Type)) return false;
        inner = fields[0];
        return true;
    }

    public static bool IsNumber(ITypeSymbol type) =>
        type.SpecialType is SpecialType.System_Byte or SpecialType.System_SByte or SpecialType.System_UInt16
            or SpecialType.System_Int16 or SpecialType.System_UInt32 or SpecialType.System_Int32
            or SpecialType.System_UInt64 or SpecialType.System_Int64
        || type.ToDisplayString() == "System.UInt128";

    private void Reach(ITypeSymbol type)
    {
        if (type.SpecialType is SpecialType.System_Boolean or SpecialType.System_String) return;
        if (IsNumber(type) || IsByHand(type) || IsWrapper(type, out _)) return;
        if (IsList(type, out var element))
        {
            if (element.NullableAnnotation == NullableAnnotation.Annotated)
                throw new WireModelException("a list cannot hold null", type);
            Reach(element);
            return;
        }
        if (type.TypeKind == TypeKind.Error) throw new WireModelException($"'{type}' is not found", type);
        if (shapes.ContainsKey(type)) return;
        if (type is not INamedTypeSymbol { IsGenericType: false } named)
            throw new WireModelException($"'{type}' has no wire form", type);
        if (!open.Add(type)) throw new WireModelException($"'{type}' holds itself, so that nothing bounds it", type);
        shapes[type] = Shape(named);
        open.Remove(type);
    }

    private WireShape Shape(INamedTypeSymbol type)
    {
        if (type.TypeKind == TypeKind.Enum) return Enumeration(type);
        if (!type.IsRecord) throw new WireModelException($"'{type}' is neither a record nor a number nor a list", type);
        if (type.IsAbstract) return Family(type);
        if (!type.IsValueType && !type.IsSealed) throw new WireModelException($"'{type}' must be sealed", type);
        return Record(type);
    }

    private WireShape.Record Record(INamedTypeSymbol type)
    {
        var fields = Fields(type);
        foreach (var field in fields) Reach(field.Type);
        return new WireShape.Record(type, fields);
    }

    private WireShape.Family Family(INamedTypeSymbol type)
    {
        var cases = new SortedDictionary<int, WireShape.Record>();
        foreach (var nested in type.GetTypeMembers())
        {
            if (!SymbolEqualityComparer.Default.Equals(nested.BaseType, type)) continue;
            var mark = nested.GetAttributes().FirstOrDefault(mark => mark.AttributeClass?.Name == "CaseAttribute");
            if (mark is null) throw new WireModelException($"'{nested}' needs a [Case(number)]", nested);
            if (!nested.IsSealed) throw new WireModelException($"'{nested}' must be sealed", nested);
            var number = (int)mark.ConstructorArguments[0].Value!;
            if (number < 0) throw new WireModelException($"case number {number} is negative", nested);
            if (!cases.TryAdd(number, Record(nested)))
                throw new WireModelException($"case number {number} of '{type}' is given twice", nested);
        }
        if (cases.Count == 0) throw new WireModelException($"'{type}' has no cases nested in it", type);
        return new WireShape.Family(type, [.. cases.Select(entry => (entry.Key, entry.Value))]);
    }

    private static WireShape.Enumeration Enumeration(INamedTypeSymbol type)
    {
        var values = new SortedSet<ulong>();
        foreach (var member in type.GetMembers().OfType<IFieldSymbol>().Where(member => member.HasConstantValue))
        {
            var value = Convert.ToInt64(member.ConstantValue, null);
            if (value < 0) throw new WireModelException($"'{member}' is negative", member);
            values.Add((ulong)value);
        }
        return new WireShape.Enumeration(type, [.. values]);
    }

    private static List<WireField> Fields(INamedTypeSymbol type)
    {
        var constructor = type.InstanceConstructors.FirstOrDefault(candidate =>
            candidate.DeclaringSyntaxReferences.Any(syntax => syntax.GetSyntax() is RecordDeclarationSyntax));
        return constructor is null ? [] : [.. constructor.Parameters.Select(parameter => Field(type, parameter))];
    }

    private static WireField Field(INamedTypeSymbol type, IParameterSymbol parameter)
    {
        var property = type.GetMembers(parameter.Name).OfType<IPropertySymbol>().FirstOrDefault()
            ?? throw new WireModelException($"'{parameter.Name}' is not a property of '{type}'", parameter);
        var limit = property.GetAttributes().FirstOrDefault(mark => mark.AttributeClass?.Name == "AtMostAttribute");
        var atMost = limit is null ? null : (int?)limit.ConstructorArguments[0].Value;
        var value = parameter.Type;
        if (value is INamedTypeSymbol { ConstructedFrom.SpecialType: SpecialType.System_Nullable_T } nullable)
            return new WireField(parameter.Name, nullable.TypeArguments[0], Optional: true, atMost);
        var optional = !value.IsValueType && value.NullableAnnotation == NullableAnnotation.Annotated;
        return new WireField(
            parameter.Name, value.WithNullableAnnotation(NullableAnnotation.NotAnnotated), optional, atMost);
    }

    private static bool Has(INamedTypeSymbol type, string attribute) =>
        type.GetAttributes().Any(mark => mark.AttributeClass?.Name == attribute);

    private static bool IsIn(INamedTypeSymbol type, string space) =>
        $"{type.ContainingNamespace.ToDisplayString()}.".StartsWith($"{space}.", StringComparison.Ordinal);

    private static IEnumerable<INamedTypeSymbol> Types(INamespaceSymbol space)
    {
        foreach (var member in space.GetMembers())
        {
            if (member is INamespaceSymbol inner)
            {
                foreach (var type in Types(inner)) yield return type;
            }
            else if (member is INamedTypeSymbol type && type.Locations.Any(location => location.IsInSource))
            {
                yield return type;
            }
        }
    }
}
