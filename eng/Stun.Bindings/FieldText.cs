using System.Globalization;
using System.Text;

namespace Stun.Bindings;

/// <summary>Statements that write and read values of one type after the other, with variables of their own.</summary>
/// <param name="text">Of the file.</param>
/// <param name="home">The contract with its namespace: a function may have the name of a struct or of the contract.
/// </param>
internal sealed class FieldText(StringBuilder text, string home)
{
    private int variables;

    public void Write(SolidityType type, string value, int indent)
    {
        var number = ++variables;
        switch (type)
        {
            case SolidityType.Leaf leaf:
                Line(indent, $"writer.{Put(leaf.Write, value)};");
                break;
            case SolidityType.Struct made:
                if (made.IsDynamic)
                    Line(indent, $"var frame{number} = writer.Open({SolidityType.SizeOf(made.Fields)});");
                Line(indent, $"{value}.Write(writer);");
                if (made.IsDynamic) Line(indent, $"writer.Close(frame{number});");
                break;
            case SolidityType.Array array:
                WriteArray(array, value, number, indent);
                break;
        }
    }

    /// <summary>The variable that holds what was read.</summary>
    public string Read(SolidityType type, string reader, int indent)
    {
        var number = ++variables;
        var name = $"value{number}";
        switch (type)
        {
            case SolidityType.Leaf leaf:
                Line(indent, $"var {name} = {Put(leaf.Read, reader)};");
                break;
            case SolidityType.Struct made:
                if (made.IsDynamic)
                    Line(indent, $"var frame{number} = {reader}.Open({SolidityType.SizeOf(made.Fields)});");
                Line(indent, $"var {name} = global::{home}.{made.Name}.Read(ref {reader});");
                if (made.IsDynamic) Line(indent, $"{reader}.Close(frame{number});");
                break;
            case SolidityType.Array array:
                ReadArray(array, reader, number, indent);
                break;
        }
        return name;
    }

    public void Line(int indent, string line)
    {
        if (line.Length > 0) text.Append(' ', indent * 4).Append(line);
        text.Append('\n');
    }

    private void WriteArray(SolidityType.Array array, string value, int number, int indent)
    {
        var size = array.Element.HeadSize;
        if (array.Count is { } count)
        {
            Line(indent, $"AbiWriter.RequireCount({value}.Count, {count});");
            if (array.IsDynamic) Line(indent, $"var frame{number} = writer.Open({count * size});");
        }
        else
        {
            Line(indent, $"var frame{number} = writer.OpenArray({value}.Count, {size});");
        }
        Line(indent, $"foreach (var item{number} in {value})");
        Line(indent, "{");
        Write(array.Element, $"item{number}", indent + 1);
        Line(indent, "}");
        if (array.IsDynamic) Line(indent, $"writer.Close(frame{number});");
    }

    private void ReadArray(SolidityType.Array array, string reader, int number, int indent)
    {
        var (size, count) = (array.Element.HeadSize, array.Count?.ToString(CultureInfo.InvariantCulture));
        if (count is null)
            Line(indent, $"var frame{number} = {reader}.OpenArray({size}, out var count{number});");
        else if (array.IsDynamic)
            Line(indent, $"var frame{number} = {reader}.Open({array.Count * size});");
        count ??= $"count{number}";
        Line(indent, $"var items{number} = new {Sized(array.Element.CSharp, count)};");
        Line(indent, $"for (var at{number} = 0; at{number} < {count}; at{number}++)");
        Line(indent, "{");
        var inner = Read(array.Element, reader, indent + 1);
        Line(indent + 1, $"items{number}[at{number}] = {inner};");
        Line(indent, "}");
        if (array.IsDynamic) Line(indent, $"{reader}.Close(frame{number});");
        Line(indent, $"var value{number} = ValueList.Create<{array.Element.CSharp}>(items{number});");
    }

    private static string Sized(string type, string count) => $"{type}[{count}]";

    private static string Put(string pattern, string value) => pattern.Replace("{0}", value);
}
