// Makes the codecs of all [Wire] types: eng/generate calls it with the repository's root.
using Stun.Codecs;

var root = Path.GetFullPath(args.Length > 0 ? args[0] : ".");
try
{
    foreach (var (path, text) in CodecFiles.From(WireSources.Read(root)))
    {
        var file = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var changed = !File.Exists(file) || File.ReadAllText(file) != text;
        if (changed) File.WriteAllText(file, text);
        Console.WriteLine($"{(changed ? "written" : "fresh  ")} {path}");
    }
    return 0;
}
catch (WireModelException refusal)
{
    Console.Error.WriteLine(refusal.Message);
    return 1;
}
