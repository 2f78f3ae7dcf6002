namespace Stun.Bindings;

/// <summary>Where artifacts lie, and where their bindings go.</summary>
public static class BindingFiles
{
    private sealed record Shelf(string Artifacts, string Output, string Namespace);

    private static readonly Shelf[] Shelves =
    [
        new("contracts/artifacts/evm", "src/Stun.Chain/Evm/Generated", "Stun.Chain.Evm.Contracts"),
        // A contract of the tests, which has one of everything.
        new("tests/Stun.Tests/Bindings/artifacts", "tests/Stun.Tests/Bindings/Generated", "Stun.Tests.Bindings"),
    ];

    /// <summary>Path, relative to the root, and text of each file, in the order of their names.</summary>
    public static IEnumerable<(string Path, string Text)> From(string root)
    {
        foreach (var shelf in Shelves)
        {
            var folder = Path.Combine(root, shelf.Artifacts);
            if (!Directory.Exists(folder)) continue;
            foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
            {
                var source = $"{shelf.Artifacts}/{Path.GetFileName(file)}";
                var contract = ContractModel.Read(File.ReadAllText(file), source);
                yield return ($"{shelf.Output}/{contract.Name}.g.cs",
                    new BindingText(contract, shelf.Namespace, source).Make());
            }
        }
    }

    /// <summary>Files that no artifact makes any more.</summary>
    public static IEnumerable<string> Orphans(string root)
    {
        var made = From(root).Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var shelf in Shelves)
        {
            var folder = Path.Combine(root, shelf.Output);
            if (!Directory.Exists(folder)) continue;
            foreach (var file in Directory.EnumerateFiles(folder, "*.g.cs").Order(StringComparer.Ordinal))
                if ($"{shelf.Output}/{Path.GetFileName(file)}" is var path && !made.Contains(path))
                    yield return path;
        }
    }
}
