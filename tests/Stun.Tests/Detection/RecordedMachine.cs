using Stun.Execution;
using Stun.Execution.Hardware;
using Stun.Execution.Tools;

namespace Stun.Tests.Detection;

/// <summary>A recorded tree of files laid out in a folder, and programs that answer what was recorded.</summary>
public sealed class RecordedMachine : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("stun-recorded-").FullName;
    private readonly SortedDictionary<string, Func<ToolResult>> answers = new(StringComparer.Ordinal);

    public RecordedMachine(string tree = "")
    {
        if (tree.Length > 0) Lay(Text(tree));
    }

    public MachineFiles Files => new(root);

    public HardwareTools Tools => new(
        (program, _) => Task.FromResult(answers[program]()), program => answers.ContainsKey(program));

    public HardwareSources Sources => new(Files, Tools, "/srv", _ => (1L << 40, 1L << 39));

    public static string Text(string name) =>
        File.ReadAllText(Repository.PathOf("tests/Stun.Tests/Detection/recorded/" + name));

    public RecordedMachine Answer(string program, string output) =>
        Answer(program, () => new ToolResult(0, output, ""));

    public RecordedMachine Answer(string program, Func<ToolResult> answer)
    {
        answers[program] = answer;
        return this;
    }

    public void Lay(string tree)
    {
        foreach (var part in ("\n" + tree).Split("\n@ ", StringSplitOptions.RemoveEmptyEntries))
        {
            var end = part.IndexOf('\n');
            if (end >= 0) Write(part[..end], part[(end + 1)..] + "\n");
        }
    }

    public void Write(string path, string text)
    {
        var file = Path.Join(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        // Bytes, because half a surrogate pair may be among what a test writes.
        File.WriteAllBytes(file, System.Text.Encoding.UTF8.GetBytes(text));
    }

    public void Dispose() => Directory.Delete(root, recursive: true);
}
