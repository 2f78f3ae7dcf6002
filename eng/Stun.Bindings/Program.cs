// Makes the bindings of all contracts: eng/generate calls it with the repository's root.
using Stun.Bindings;

var root = Path.GetFullPath(args.Length > 0 ? args[0] : ".");
try
{
    foreach (var (path, text) in BindingFiles.From(root))
    {
        var file = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var changed = !File.Exists(file) || File.ReadAllText(file) != text;
        if (changed) File.WriteAllText(file, text);
        Console.WriteLine($"{(changed ? "written" : "fresh  ")} {path}");
    }
    return 0;
}
catch (BindingException refusal)
{
    Console.Error.WriteLine(refusal.Message);
    return 1;
}
