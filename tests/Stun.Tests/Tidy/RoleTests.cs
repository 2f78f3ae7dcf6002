using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Stun.Tests.Tidy;

/// <summary>Roles meet only by messages: one machine never names another, nor does the room it lives in.</summary>
public sealed class RoleTests
{
    private const string Engine = "src/Stun.Engine";

    [Fact]
    public void Roles_never_import_each_other() =>
        Law.Holds(Imports(Repository.Sources.Where(source => source.IsUnder(Engine)).ToList()));

    [Fact]
    public void A_role_that_names_another_is_found() =>
        Law.Finds(1, Imports([
            Sample("A/AlphaMachine.cs", "class AlphaMachine : Machine<AlphaEvent> { BetaMachine other; }"),
            Sample("B/BetaMachine.cs", "/// <see cref=\"AlphaMachine\"/>\nclass BetaMachine : Machine { }"),
        ]));

    [Fact]
    public void A_room_that_names_the_machine_of_another_room_is_found() =>
        Law.Finds(1, Imports([
            Sample("A/AlphaMachine.cs", "class AlphaMachine : Machine;"),
            Sample("B/Table.cs", "class Table { AlphaMachine machine; }"),
        ]));

    private static SourceFile Sample(string path, string code) => new($"{Engine}/{path}", code);

    private static IEnumerable<Finding> Imports(IReadOnlyList<SourceFile> sources)
    {
        SortedDictionary<string, string> homes = new(StringComparer.Ordinal);
        foreach (var source in sources)
            foreach (var type in source.Unit.DescendantNodes().OfType<ClassDeclarationSyntax>().Where(IsMachine))
                homes[type.Identifier.Text] = Room(source);
        foreach (var source in sources)
            foreach (var name in source.Unit.DescendantNodes().OfType<SimpleNameSyntax>())
            {
                var named = name.Identifier.Text;
                if (!homes.TryGetValue(named, out var home)) continue;
                var within = name.FirstAncestorOrSelf<ClassDeclarationSyntax>(IsMachine)?.Identifier.Text;
                if (within is null ? Room(source) != home : within != named)
                    yield return source.Finding(name, $"{within ?? Room(source)} names {named}.",
                        "Send it a message. What both need to know belongs to Stun.Protocol.");
            }
    }

    private static string Room(SourceFile source) => source.Path[..source.Path.LastIndexOf('/')];

    /// <summary>By its base, or by its name where the class is partial and says its base in another file.</summary>
    private static bool IsMachine(ClassDeclarationSyntax type)
    {
        var name = type.Identifier.Text;
        if (name == "Machine") return false;
        return name.EndsWith("Machine", StringComparison.Ordinal)
            || type.BaseList?.Types.Any(item => item.Type is SimpleNameSyntax { Identifier.Text: "Machine" }) == true;
    }
}
