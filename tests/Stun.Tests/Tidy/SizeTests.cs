using Xunit;

namespace Stun.Tests.Tidy;

/// <summary>
/// Sizes that keep code readable. What is larger needs a waiver with a reason, and waivers only shrink.
/// </summary>
public sealed class SizeTests
{
    private const string WaiverPath = "eng/size-waivers.txt";

    [Fact]
    public void Files_methods_constructors_lines_and_nesting_keep_their_sizes()
    {
        var waivers = SizeWaiver.Parse(Repository.Read(WaiverPath));
        Law.Holds(Judge(Repository.Sources.SelectMany(Sizes.Measure), waivers));
    }

    [Theory]
    [InlineData(401, 1)]
    [InlineData(400, 0)]
    public void A_file_of_more_than_400_lines_is_found(int lines, int findings) =>
        Law.Finds(findings, Sample("src/A/B.cs", string.Concat(Enumerable.Repeat("// x\n", lines))));

    [Fact]
    public void A_test_file_may_have_1200_lines_and_a_generated_one_any_number()
    {
        var text = string.Concat(Enumerable.Repeat("// x\n", 1200));
        Law.Finds(0, Sample("tests/A/B.cs", text));
        Law.Finds(1, Sample("tests/A/B.cs", text + "// x\n"));
        Law.Finds(0, Sample("src/A/Generated/B.g.cs", text));
    }

    [Theory]
    [InlineData("class C {{ void M() {{ {0} }} }}")]
    [InlineData("class C {{ C() {{ {0} }} }}")]
    [InlineData("class C {{ int P {{ get {{ {0} return 1; }} }} }}")]
    [InlineData("{0} return 0;")]
    public void A_method_of_more_than_70_lines_is_found(string frame)
    {
        Law.Finds(1, Sample("src/A/B.cs", Filled(frame, 71)));
        Law.Finds(0, Sample("src/A/B.cs", Filled(frame, 60)));
    }

    [Fact]
    public void The_attributes_above_a_method_are_no_part_of_its_length() =>
        Law.Finds(0, Sample(
            "tests/A/B.cs", "class C {\n" + string.Concat(Enumerable.Repeat("[A(1)]\n", 80)) + "void M() { } }\n"));

    [Fact]
    public void A_constructor_of_more_than_7_parameters_is_found_and_a_record_is_exempt()
    {
        const string Eight = "(int a, int b, int c, int d, int e, int f, int g, int h)";
        Law.Finds(1, Sample("src/A/B.cs", $"class C{Eight};\n"));
        Law.Finds(1, Sample("src/A/B.cs", $"class C {{ C{Eight} {{ }} }}\n"));
        Law.Finds(0, Sample("src/A/B.cs", $"record C{Eight};\n"));
        Law.Finds(0, Sample("src/A/B.cs", "class C(int a, int b, int c, int d, int e, int f, int g);\n"));
    }

    [Fact]
    public void A_line_of_more_than_120_columns_is_found()
    {
        Law.Finds(1, Sample("src/A/B.cs", "// " + new string('x', 118) + "\n"));
        Law.Finds(0, Sample("src/A/B.cs", "// " + new string('x', 117) + "\n"));
    }

    [Fact]
    public void Nesting_deeper_than_4_is_found_and_else_if_is_no_deeper()
    {
        Law.Finds(1, Sample("src/A/B.cs",
            "class C { void M() { if (a) while (b) for (;;) foreach (var x in y) if (c) { } } }\n"));
        Law.Finds(0, Sample("src/A/B.cs",
            "class C { void M() { if (a) while (b) for (;;) foreach (var x in y) { } } }\n"));
        Law.Finds(0, Sample("src/A/B.cs",
            "class C { void M() { if (a) { } else if (b) { } else if (c) { } else if (d) { } else if (e) { } } }\n"));
    }

    [Theory]
    [InlineData(150, 0)]
    [InlineData(151, 1)]
    [InlineData(149, 1)]
    public void A_waiver_must_be_as_large_as_what_it_waives(int waived, int findings)
    {
        Size[] sizes = [new("src/A/B.cs", 3, "columns", 150, 120, "Break the line.")];
        Law.Finds(findings, Judge(sizes, SizeWaiver.Parse($"src/A/B.cs | columns | {waived} | a long address\n")));
    }

    [Fact]
    public void A_waiver_nobody_needs_or_without_a_reason_is_found()
    {
        Law.Finds(1, Judge([], SizeWaiver.Parse("src/A/B.cs | columns | 150 | a long address\n")));
        Size[] within = [new("src/A/B.cs", 3, "columns", 100, 120, "Break the line.")];
        Law.Finds(1, Judge(within, SizeWaiver.Parse("src/A/B.cs | columns | 100 | a long address\n")));
        Assert.Throws<FormatException>(() => SizeWaiver.Parse("src/A/B.cs | columns | 150 |\n"));
    }

    private static string Filled(string frame, int lines) =>
        string.Format(frame, string.Concat(Enumerable.Repeat("x();\n", lines))) + "\n";

    private static IEnumerable<Finding> Sample(string path, string text) =>
        Judge(Sizes.Measure(new SourceFile(path, text)), []);

    private static IEnumerable<Finding> Judge(IEnumerable<Size> sizes, IReadOnlyList<SizeWaiver> waivers)
    {
        // Of equal names in one file the largest decides how much must be waived.
        var measured = sizes.ToList();
        var largest = measured
            .GroupBy(size => (size.Path, size.Law))
            .Select(group => group.MaxBy(size => size.Measured)!)
            .ToDictionary(size => (size.Path, size.Law));
        foreach (var waiver in waivers)
        {
            var needed = largest.TryGetValue((waiver.Path, waiver.Law), out var size) && size.Measured > size.Limit;
            if (!needed)
                yield return new Finding(WaiverPath, waiver.Line,
                    $"Nothing in {waiver.Path} needs '{waiver.Law}' waived.",
                    "Remove the line.");
            else if (waiver.Number > size!.Measured)
                yield return new Finding(WaiverPath, waiver.Line, $"{waiver.Path} needs only {size.Measured}.",
                    $"Write {size.Measured}: a waiver only shrinks.");
        }
        foreach (var size in measured.Where(size => size.Measured > size.Limit))
        {
            var waived = waivers.FirstOrDefault(waiver => (waiver.Path, waiver.Law) == (size.Path, size.Law));
            if (waived is null || waived.Number < size.Measured)
                yield return new Finding(size.Path, size.Line,
                    $"{size.Law}: {size.Measured}, and {waived?.Number ?? size.Limit} is allowed.", size.Cure);
        }
    }
}
