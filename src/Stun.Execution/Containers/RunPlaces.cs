using System.Text;
using Stun.Execution.Linux;

namespace Stun.Execution.Containers;

/// <summary>
/// The directories of a container that a run names by absolute paths, in its inputs and outputs: made before it starts,
/// in the layer of its own, so that what the image has there stays to be seen; its user may write there, and what is
/// taken at the end is what the run itself has put there.
/// </summary>
internal sealed class RunPlaces
{
    /// <summary>The kernel's own limit on one part of a path, and as deep as outputs are looked for.</summary>
    private const int PartBytesMax = 255, DepthMax = 64;

    private const string Temporary = "/tmp";

    private const UnixFileMode Readable = (UnixFileMode)0b111_101_101;

    /// <summary>What is mounted there is not the layer's, or is nobody's to change.</summary>
    private static readonly string[] Reserved = ["in", "out", "dev", "proc", "sys", "run", ".stun"];

    private readonly ValueList<InputFile> inputs;

    private RunPlaces(IReadOnlyList<string> directories, ValueList<InputFile> inputs) =>
        (Directories, this.inputs) = (directories, inputs);

    public static RunPlaces None { get; } = new([], []);

    public bool IsEmpty => Directories.Count == 0 && inputs.Count == 0;

    /// <summary>None lies in another.</summary>
    public IReadOnlyList<string> Directories { get; }

    public static RunPlaces Of(RunRequest request)
    {
        SortedSet<string> named = new(StringComparer.Ordinal);
        List<InputFile> placed = [];
        foreach (var input in request.Inputs)
        {
            if (!IsAbsolute(input.Name)) continue;
            placed.Add(input);
            var parts = PartsOf(input.Name);
            // A file right below the root needs no directory of its own.
            if (parts.Length > 1) named.Add("/" + string.Join('/', parts[..^1]));
        }
        foreach (var pattern in request.Outputs)
            if (new OutputPattern(pattern).Place is { } place) named.Add("/" + string.Join('/', PartsOf(place)));
        return named.Count == 0 && placed.Count == 0 ? None : new RunPlaces(Outermost(named), [.. placed]);
    }

    public static bool IsAbsolute(string name) => name.StartsWith('/');

    /// <summary>A directory below the temporary one could be replaced by the program: that one is taken whole.</summary>
    private static List<string> Outermost(SortedSet<string> named)
    {
        List<string> outermost = [];
        var all = named.Select(path => IsBelow(path, Temporary) ? Temporary : path)
            .OrderBy(path => path.Length).ThenBy(path => path, StringComparer.Ordinal);
        foreach (var path in all)
            if (!outermost.Exists(outer => path == outer || IsBelow(path, outer))) outermost.Add(path);
        return outermost;
    }

    private static bool IsBelow(string path, string outer) =>
        path.StartsWith(outer, StringComparison.Ordinal) && path.Length > outer.Length && path[outer.Length] == '/';

    /// <summary>A path comes from a stranger: by its spelling alone it must stay where it says.</summary>
    private static string[] PartsOf(string path)
    {
        var parts = path[1..].Split('/');
        var isGood = parts.Length <= DepthMax && !path.Contains('\0') && parts.All(part =>
            part is not ("" or "." or "..") && Encoding.UTF8.GetByteCount(part) <= PartBytesMax);
        if (isGood && !Reserved.Contains(parts[0])) return parts;
        throw new ExecutionException("run.place",
            $"'{TerminalText.OfName(path)}' is no place for files of a run.",
            $"Use a path without '.' and '..', in a directory, and not in {string.Join(", ", Reserved)}.");
    }

    /// <summary>To be called before the layer is mounted: nothing of the image lies there yet to lead elsewhere.</summary>
    /// <param name="place">Where on this machine a path of the container will be.</param>
    public void Make(Func<string, string> place, string root, uint owner)
    {
        foreach (var directory in Directories)
        {
            MakeWay(root, place, directory, null);
            Own(place(directory), owner);
        }
        foreach (var input in inputs)
        {
            var source = new FileInfo(input.Path);
            if (!source.Exists || source.LinkTarget is not null)
                throw new ExecutionException("run.input-missing",
                    $"The input '{TerminalText.OfName(input.Name)}' is not at {input.Path}.", "Fetch it again.");
            var outer = Directories.FirstOrDefault(directory => IsBelow(input.Name, directory));
            if (outer is not null) MakeWay(root, place, Path.GetDirectoryName(input.Name)!, (outer, owner));
            var target = place(input.Name);
            CopyTo(source, target, input.Name);
            Own(target, owner);
        }
    }

    /// <summary>A copy: the program may change it.</summary>
    private static void CopyTo(FileInfo source, string target, string name)
    {
        try
        {
            source.CopyTo(target);
            File.SetUnixFileMode(target, Readable);
        }
        catch (IOException full) when (Images.ImageRefusal.IsDiskFull(full))
        {
            throw new ExecutionException("run.inputs-too-large",
                $"The scratch space has no room for the input '{TerminalText.OfName(name)}'.",
                "Ask for more disk.", full);
        }
    }

    private static void Own(string path, uint owner) => Kernel.ChangeOwner(path, owner, owner);

    /// <summary>Directories of the place are its user's; those that lead there are not.</summary>
    private static void MakeWay(
        string root, Func<string, string> place, string directory, (string Outer, uint Owner)? inside)
    {
        var path = "";
        foreach (var part in directory[1..].Split('/'))
        {
            path += "/" + part;
            var real = place(path);
            if (real == root || Directory.Exists(real)) continue;
            HostGround.MakeDirectory(real, Readable);
            if (inside is { } own && IsBelow(path, own.Outer)) Own(real, own.Owner);
        }
    }
}
