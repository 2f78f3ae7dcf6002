using Stun.Execution.Containers;
using Stun.Tee.Release;

namespace Stun.Calls;

/// <summary>
/// What opens the outputs of tasks whose inputs were sealed here: kept in the data home until its owner removes it, for
/// outputs may come when this process is gone.
/// </summary>
internal static class SecretOutputs
{
    private const long BytesMax = 64 << 10;

    /// <summary>Before the task is handed in, when its id is not known yet.</summary>
    public static string Keep(OutputOpener outputs)
    {
        DataHome.Make();
        var folder = DataHome.In("secrets");
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var path = Path.Combine(folder, $"{Guid.NewGuid():n}.new");
        outputs.SaveTo(path);
        return path;
    }

    /// <summary>Never over that of an earlier task: whoever names the same id twice shall not take its key away.
    /// </summary>
    public static void Name(string kept, string task)
    {
        if (!IsId(task) || File.Exists(PathOf(task)))
            throw new CommandException("secret.id", $"The node calls the task '{TerminalText.OfName(task)}', which is "
                + "no id of a new task.", $"What opens its outputs is kept in {kept}.");
        File.Move(kept, PathOf(task));
    }

    /// <summary>Null where the task's inputs were not sealed here.</summary>
    public static OutputOpener? Find(string task)
    {
        if (!IsId(task)) return null;
        var path = PathOf(task);
        if (!File.Exists(path)) return null;
        if (new FileInfo(path).Length > BytesMax) throw Broken(path, "it is too large");
        try
        {
            return OutputOpener.Load(File.ReadAllBytes(path));
        }
        catch (KeyReleaseException broken)
        {
            throw Broken(path, broken.Message);
        }
    }

    private static bool IsId(string task) => task.Length == 32 && task.All(char.IsAsciiHexDigitLower);

    private static string PathOf(string task) => DataHome.In("secrets", task);

    private static CommandException Broken(string path, string why) => new("secret.state",
        $"{path} does not open outputs: {why}", "Without it nobody opens them; hand the task in again.");
}
