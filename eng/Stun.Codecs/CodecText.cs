using System.Text;
using Microsoft.CodeAnalysis;

namespace Stun.Codecs;

/// <summary>Writes the source of one codec class.</summary>
/// <param name="space">Its namespace.</param>
/// <param name="name">Its name.</param>
/// <param name="own">What it must be able to write and read.</param>
/// <param name="below">What the codec class of the floor below writes and reads already, and its name; or null.</param>
public sealed class CodecText(string space, string name, WireModel own, (WireModel Model, string Name)? below)
{
    private readonly StringBuilder text = new();
    private readonly SortedDictionary<string, ITypeSymbol> lists = new(StringComparer.Ordinal);
    private int indent;

    public string Write()
    {
        Line("// Made by eng/generate from the [Wire] types; do not edit. A change here is a change of the wire.");
        Line("#nullable enable");
        Line();
        Line("using Stun.Cbor;");
        if (below is not null) Line("using Stun.Protocol;");
        Line();
        Line($"namespace {space};");
        Line();
        Line($"/// <summary>The canonical wire form of the records of {space} that are marked [Wire].</summary>");
        Line($"public static class {name}");
        Open();
        RequireNamesApart();
        foreach (var root in own.Roots) Root(root);
        foreach (var shape in own.Shapes.Where(shape => !IsBelow(shape.Type))) Shape(shape);
        ListReaders();
        TrimBlankLine();
        Close();
        return text.ToString();
    }

    private void RequireNamesApart()
    {
        var names = new HashSet<string>();
        foreach (var type in own.Shapes.Select(shape => shape.Type).Where(type => !IsBelow(type)))
        {
            if (!names.Add(MethodName(type)))
                throw new WireModelException($"two types would be read by Read{MethodName(type)}: rename one", type);
        }
    }

    private void Root(INamedTypeSymbol type)
    {
        var (access, full, label) = (Access(type), Full(type), Label(type));
        Line($"{access} static byte[] Encode({full} value)");
        Open();
        Line("var writer = new CborWriter();");
        Line("Encode(writer, value);");
        Line("return writer.ToArray();");
        Close();
        Line();
        Line($"{access} static void Encode(CborWriter writer, {full} value)");
        Open();
        Line("try");
        Open();
        Line("var start = WireEnvelope.Begin(writer);");
        Line("Write(writer, value);");
        Line($"WireEnvelope.End(writer, start, \"{label}\");");
        Close();
        Catch(label);
        Close();
        Line();
        Line($"{access} static {full} Decode{MethodName(type)}(ReadOnlySpan<byte> data)");
        Open();
        Line("try");
        Open();
        Line($"var reader = WireEnvelope.Open(data, \"{label}\");");
        Line($"return Read{MethodName(type)}(ref reader);");
        Close();
        Catch(label);
        Close();
        Line();
    }

    private void Catch(string label)
    {
        Line("catch (CborException cause)");
        Open();
        Line($"throw WireEnvelope.Malformed(\"{label}\", cause);");
        Close();
    }

    private void Shape(WireShape shape)
    {
        switch (shape)
        {
            case WireShape.Enumeration enumeration:
                EnumerationMethods(enumeration);
                break;
            case WireShape.Record record:
                RecordMethods(record, Access(record.Type), "Write");
                break;
            case WireShape.Family family:
                FamilyMethods(family);
                // Private and named: a case written by itself lacks its number and could not be read again.
                foreach (var (_, record) in family.Cases)
                    RecordMethods(record, "private", $"Write{MethodName(record.Type)}");
                break;
        }
    }

    private void EnumerationMethods(WireShape.Enumeration enumeration)
    {
        var (type, values) = (enumeration.Type, enumeration.Values);
        var contiguous = values[^1] == (ulong)values.Count - 1;
        var bad = contiguous ? $"number > {values[^1]}" : $"number is not ({string.Join(" or ", values)})";
        Line($"{Access(type)} static void Write(CborWriter writer, {Full(type)} value)");
        Open();
        Line("var number = unchecked((ulong)value);");
        Line($"if ({bad}) throw WireForm.NotDefined(\"{Label(type)}\", (long)value);");
        Line("writer.WriteUInt64(number);");
        Close();
        Line();
        Line($"{Access(type)} static {Full(type)} Read{MethodName(type)}(ref CborReader reader)");
        Open();
        Line($"var number = WireForm.ReadUnsigned(ref reader, {values[^1]});");
        if (!contiguous) Line($"if ({bad}) throw WireForm.NotDefined(\"{Label(type)}\", (long)number);");
        Line($"return ({Full(type)})number;");
        Close();
        Line();
    }

    private void FamilyMethods(WireShape.Family family)
    {
        var type = family.Type;
        Line($"{Access(type)} static void Write(CborWriter writer, {Full(type)} value)");
        Open();
        Line("writer.WriteArrayStart(2);");
        Line("switch (value)");
        Open();
        foreach (var (number, record) in family.Cases)
        {
            Line($"case {Full(record.Type)} it:");
            Line($"    writer.WriteUInt64({number});");
            Line($"    Write{MethodName(record.Type)}(writer, it);");
            Line("    break;");
        }
        Line("default:");
        Line($"    throw new WireException(\"{Label(type)}: a case without a number.\");");
        Close();
        Close();
        Line();
        Line($"{Access(type)} static {Full(type)} Read{MethodName(type)}(ref CborReader reader) =>");
        indent++;
        Line($"WireForm.ReadCase(ref reader, \"{Label(type)}\") switch");
        Line("{");
        indent++;
        foreach (var (number, record) in family.Cases) Line($"{number} => Read{MethodName(record.Type)}(ref reader),");
        Line($"var number => throw new WireException($\"{Label(type)}: case {{number}} is not known.\"),");
        indent--;
        Line("};");
        indent--;
        Line();
    }

    private void RecordMethods(WireShape.Record record, string access, string writeName)
    {
        var (type, fields) = (record.Type, record.Fields);
        Line($"{access} static void {writeName}(CborWriter writer, {Full(type)} value)");
        Open();
        var count = string.Concat(fields.Where(field => field.Optional)
            .Select(field => $" + (value.{field.Name} is null ? 0 : 1)"));
        Line($"writer.WriteMapStart({fields.Count(field => !field.Optional)}{count});");
        for (var index = 0; index < fields.Count; index++) WriteField(type, fields[index], index + 1);
        Close();
        Line();
        Line($"{access} static {Full(type)} Read{MethodName(type)}(ref CborReader reader)");
        Open();
        Line("var left = reader.ReadMapStart();");
        for (var index = 0; index < fields.Count; index++) ReadField(type, fields[index], index + 1);
        Line($"WireForm.RequireDone(in reader, left, \"{Label(type)}\");");
        var values = string.Join(", ", Enumerable.Range(1, fields.Count).Select(key => $"f{key}"));
        Line($"return new {Full(type)}({values});");
        Close();
        Line();
    }

    private void WriteField(INamedTypeSymbol type, WireField field, int key)
    {
        var label = $"{Label(type)}.{field.Name}";
        if (field.Optional)
        {
            Line($"if (value.{field.Name} is {{ }} f{key})");
            Open();
            Line($"writer.WriteUInt64({key});");
            WriteValue(field.Type, $"f{key}", field.AtMost, label);
            Close();
            return;
        }
        Line($"writer.WriteUInt64({key});");
        WriteValue(field.Type, $"value.{field.Name}", field.AtMost, label);
    }

    private void WriteValue(ITypeSymbol type, string value, int? atMost, string label)
    {
        if (type.SpecialType == SpecialType.System_Boolean) Line($"writer.WriteBool({value});");
        else if (type.SpecialType == SpecialType.System_String)
            Line($"WireForm.WriteText(writer, {value}, {TextLimit(atMost)}, \"{label}\");");
        else if (WireModel.IsNumber(type)) Line($"writer.{NumberWriter(type)}({value});");
        else if (WireModel.IsByHand(type)) Line($"WireForm.Write(writer, {value});");
        else if (WireModel.IsWrapper(type, out var inner)) WriteValue(inner.Type, $"{value}.{inner.Name}", null, label);
        else if (WireModel.IsList(type, out var element)) WriteList(element, value, atMost, label);
        else Line($"{Prefix(type)}Write(writer, {value});");
    }

    private void WriteList(ITypeSymbol element, string value, int? atMost, string label)
    {
        if (element.SpecialType == SpecialType.System_Byte)
        {
            Line($"WireForm.WriteBytes(writer, {value}.Span, {ListLimit(atMost)}, \"{label}\");");
            return;
        }
        Line($"WireForm.WriteListStart(writer, {value}.Count, {ListLimit(atMost)}, \"{label}\");");
        // Named by its depth: a list in a list is a loop in a loop.
        var item = $"item{indent}";
        Line($"foreach (var {item} in {value}.Span)");
        Open();
        WriteValue(element, item, null, label);
        Close();
    }

    private void ReadField(INamedTypeSymbol type, WireField field, int key)
    {
        var label = $"{Label(type)}.{field.Name}";
        var value = ReadValue(field.Type, field.AtMost, $"\"{label}\"");
        if (field.Optional)
        {
            Line($"{Full(field.Type)}? f{key} = null;");
            Line($"if (WireForm.TryReadKey(ref reader, ref left, {key})) f{key} = {value};");
            return;
        }
        Line($"WireForm.ReadKey(ref reader, ref left, {key}, \"{label}\");");
        Line($"var f{key} = {value};");
    }

    private string ReadValue(ITypeSymbol type, int? atMost, string label)
    {
        if (type.SpecialType == SpecialType.System_Boolean) return "reader.ReadBool()";
        if (type.SpecialType == SpecialType.System_String)
            return $"WireForm.ReadText(ref reader, {TextLimit(atMost)}, {label})";
        if (WireModel.IsNumber(type)) return NumberReader(type);
        if (WireModel.IsByHand(type)) return $"WireForm.Read{type.Name}(ref reader)";
        if (WireModel.IsWrapper(type, out var inner)) return $"new {Full(type)}({ReadValue(inner.Type, null, label)})";
        if (WireModel.IsList(type, out var element)) return ReadList(element, atMost, label);
        return $"{Prefix(type)}Read{MethodName(type)}(ref reader)";
    }

    private string ReadList(ITypeSymbol element, int? atMost, string label)
    {
        if (element.SpecialType == SpecialType.System_Byte)
            return $"ValueList.Create<byte>(WireForm.ReadBytes(ref reader, {ListLimit(atMost)}, {label}))";
        // A list in a list is limited like any other without a mark of its own.
        var list = WireModel.IsList(element, out var inner) ? $"ListOf{MethodName(inner)}" : MethodName(element);
        lists[list] = element;
        return $"Read{list}List(ref reader, {ListLimit(atMost)}, {label})";
    }

    /// <summary>A reader of a list may need that of the lists in it, which then comes after it.</summary>
    private void ListReaders()
    {
        var written = new HashSet<string>();
        while (lists.FirstOrDefault(list => !written.Contains(list.Key)) is { Key: { } list, Value: { } element })
        {
            written.Add(list);
            ListReader(list, element);
        }
    }

    private void ListReader(string list, ITypeSymbol element)
    {
        var full = Full(element);
        Line($"private static ValueList<{full}> Read{list}List(ref CborReader reader, int countMax, string field)");
        Open();
        Line("var count = WireForm.ReadListStart(ref reader, countMax, field);");
        Line("if (count == 0) return default;");
        Line($"var items = new {full}[count];");
        Line($"for (var index = 0; index < count; index++) items[index] = {ReadValue(element, null, "field")};");
        Line("return ValueList.Create<" + full + ">(items);");
        Close();
        Line();
    }

    private static string TextLimit(int? atMost) => atMost?.ToString() ?? "WireLimits.TextBytesMax";

    private static string ListLimit(int? atMost) => atMost?.ToString() ?? "AtMostAttribute.Default";

    private static string NumberWriter(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_Byte or SpecialType.System_UInt16 or SpecialType.System_UInt32
            or SpecialType.System_UInt64 => "WriteUInt64",
        SpecialType.None => "WriteUInt128",
        _ => "WriteInt64",
    };

    private static string NumberReader(ITypeSymbol type)
    {
        var keyword = type.ToDisplayString();
        return type.SpecialType switch
        {
            SpecialType.System_UInt64 => "reader.ReadUInt64()",
            SpecialType.System_Int64 => "reader.ReadInt64()",
            SpecialType.None => "reader.ReadUInt128()",
            SpecialType.System_Byte or SpecialType.System_UInt16 or SpecialType.System_UInt32 =>
                $"({keyword})WireForm.ReadUnsigned(ref reader, {keyword}.MaxValue)",
            _ => $"({keyword})WireForm.ReadSigned(ref reader, {keyword}.MinValue, {keyword}.MaxValue)",
        };
    }

    private bool IsBelow(ITypeSymbol type) => below is { } floor && floor.Model.Contains(type);

    private string Prefix(ITypeSymbol type) => IsBelow(type) ? $"{below!.Value.Name}." : "";

    // Names in full: a namespace such as Stun.Engine.Settlement would hide the type Settlement.
    private static string Full(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    /// <summary>"Message.CancelTask" for people.</summary>
    private static string Label(INamedTypeSymbol type) =>
        type.ContainingType is { } outer ? $"{Label(outer)}.{type.Name}" : type.Name;

    /// <summary>"MessageCancelTask" for methods.</summary>
    private static string MethodName(ITypeSymbol type) =>
        type.ContainingType is { } outer ? MethodName(outer) + type.Name : type.Name;

    private static string Access(INamedTypeSymbol type)
    {
        for (var outer = type; outer is not null; outer = outer.ContainingType)
            if (outer.DeclaredAccessibility != Accessibility.Public) return "internal";
        return "public";
    }

    private void Open()
    {
        Line("{");
        indent++;
    }

    private void Close()
    {
        indent--;
        Line("}");
    }

    private void TrimBlankLine()
    {
        if (text.ToString().EndsWith("\n\n", StringComparison.Ordinal)) text.Length--;
    }

    private void Line(string line = "")
    {
        if (line.Length > 0) text.Append(' ', 4 * indent).Append(line);
        text.Append('\n');
    }
}
