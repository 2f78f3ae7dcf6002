namespace Stun.Node.Doors.Tes;

/// <summary>Which files of a result a document has asked for.</summary>
internal static class TesOutputs
{
    /// <param name="notes">What was asked for and is not there is added.</param>
    public static IReadOnlyList<TesKept> Choose(TesTask task, ResultManifest manifest, List<string> notes)
    {
        var files = manifest.Files.Span.ToArray().Where(file => file.Name.StartsWith('/')).ToList();
        var kept = new SortedDictionary<string, TesKept>(StringComparer.Ordinal);
        foreach (var output in task.Outputs ?? [])
        {
            var matches = MatchOf(output);
            var chosen = files.Where(file => matches(file.Name)).ToList();
            foreach (var file in chosen)
                kept[file.Name] = new TesKept(file.Name, file.Digest.ToString(), file.Size);
            if (chosen.Count == 0) notes.Add($"warning: there is no output '{Sentence.Short(output.Path!)}'.");
        }
        return [.. kept.Values];
    }

    /// <summary>
    /// What an executor begins with: what the one before has left in the directories of the document, and what the
    /// document gives outside of them. A provider that has left files elsewhere, as another program of the image, has
    /// no say in what the next one runs.
    /// </summary>
    public static IReadOnlyList<ResultFile> Carry(TesTask task, ResultManifest left, ResultManifest given)
    {
        var directories = TesOrders.DirectoriesOf(task);
        var carried = new SortedDictionary<string, ResultFile>(StringComparer.Ordinal);
        foreach (var file in left.Files)
            if (directories.Any(directory => TesPaths.IsWithin(file.Name, directory)) && IsPlain(file.Name))
                carried[file.Name] = file;
        foreach (var file in given.Files)
            if (TesOrders.IsOfRoot(file.Name)) carried[file.Name] = file;
        return [.. carried.Values];
    }

    private static bool IsPlain(string name) => !name[1..].Split('/').Any(part => part is "" or "." or "..");

    private static Func<string, bool> MatchOf(TesOutput output)
    {
        var path = TesPaths.Trim(output.Path!);
        var pattern = PosixPattern.Parse(path);
        if (output.Type != "DIRECTORY") return name => pattern.Matches(name) || name == path;
        var depth = path.Count(sign => sign == '/');
        return name => PrefixOf(name, depth) is { } prefix && (pattern.Matches(prefix) || prefix == path);
    }

    /// <summary>The first so many parts of a path that has more.</summary>
    private static string? PrefixOf(string name, int depth)
    {
        var at = 0;
        for (var part = 0; part < depth; part++)
        {
            at = name.IndexOf('/', at + 1);
            if (at < 0) return null;
        }
        return name[..at];
    }
}
