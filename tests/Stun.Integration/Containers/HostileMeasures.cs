using Stun.Execution;
using Stun.Execution.Containers;
using Stun.Execution.Images;
using Stun.Execution.Tools;

namespace Stun.Integration.Containers;

/// <summary>Makes attempts and says how each ended, in words that do not depend on the machine.</summary>
internal static class HostileMeasures
{
    /// <summary>Which of these it is depends on what the kernel was built with; none gives anything away.</summary>
    private static readonly string[] Refusals =
        ["EACCES", "EPERM", "EROFS", "ENOENT", "ENXIO", "ENODEV", "ENOSYS", "EIO", "ENOTTY", "EINVAL", "ENOTDIR",
            "ENOEXEC", "ETXTBSY", "ESRCH", "empty", "hidden"];

    private static readonly string[] OfTheMachine =
        ["read-", "write-", "open-dev", "open-image", "truncate-", "leave-", "terminal-", "unknown-call", "realtime-"];

    private static readonly string[] UsualDevices =
        ["/dev/full", "/dev/null", "/dev/random", "/dev/urandom", "/dev/zero"];

    /// <summary>For those that never end, and for those that must end by themselves on a busy machine.</summary>
    private static readonly TimeSpan EndlessTime = TimeSpan.FromSeconds(1.5), BombTime = TimeSpan.FromSeconds(30);

    /// <summary>Dying takes a moment; much longer would hold up the tasks after it.</summary>
    private static readonly TimeSpan DyingTime = TimeSpan.FromSeconds(10);

    public static async Task<Measured> CallsAsync(HostileScene scene)
    {
        var outcome = await scene.AttemptAsync("calls", $"{Environment.ProcessId}", $"{scene.Port}", scene.SocketName);
        var measured = new Measured();
        foreach (var line in Lines(outcome))
        {
            var (name, result) = (line.Split(' ')[0], line[(line.IndexOf(' ') + 1)..]);
            var isRefused = OfTheMachine.Any(name.StartsWith) && Refusals.Contains(result);
            measured[name] = isRefused ? "refused" : result;
        }
        measured["secret-of-the-daemon"] = outcome.Output.Contains(HostileScene.Secret) ? "seen" : "unseen";
        measured["the-program-itself"] = Word(outcome.End);
        return measured;
    }

    /// <summary>Tries to change every file and directory that there is inside.</summary>
    public static async Task<Measured> WalkAsync(HostileScene scene)
    {
        var outcome = await scene.AttemptAsync("walk");
        var measured = new Measured();
        foreach (var how in new[]
        {
            "create", "write", "link", "rename", "chmod", "xattr", "touch", "truncate", "unlink",
        })
        {
            var places = Lines(outcome).Where(line => line.StartsWith(how + " ", StringComparison.Ordinal))
                .Select(line => line[(how.Length + 1)..]).Order(StringComparer.Ordinal).ToArray();
            var odd = places.Except(UsualDevices).ToArray();
            if (UsualDevices.All(places.Contains)) places = ["the usual devices", .. odd];
            measured[$"{how}-everywhere"] = places.Length == 0 ? "nowhere" : string.Join(' ', places);
        }
        measured["places-tried"] = Lines(outcome).LastOrDefault() ?? Word(outcome.End);
        return measured;
    }

    public static async Task<Measured> BombsAsync(HostileScene scene)
    {
        var measured = new Measured();
        async Task Bomb(string name, params string[] arguments)
        {
            var time = name is "fork-bomb" or "deaf-loop" ? EndlessTime : BombTime;
            var outcome = await scene.AttemptAsync(
                request => request with { Limits = request.Limits with { WallClock = time } }, arguments);
            var said = Lines(outcome).FirstOrDefault();
            if (outcome.End is RunEnd.LogFlood) said = $"{outcome.Report.Usage.LogBytes} bytes kept";
            measured[name] = said is null ? Word(outcome.End) : $"{Word(outcome.End)}, {said}";
            // In gVisor each process costs memory and threads outside: which limit ends it first is chance.
            if (name == "fork-bomb" && said is null && outcome.End is not RunEnd.Exited(0))
                measured[name] = "ended by a limit";
            Assert.True(outcome.Report.Usage.Wall < time + DyingTime, $"{name} took {outcome.Report.Usage.Wall}");
        }
        await Bomb("fork-bomb", "fork-bomb");
        await Bomb("deaf-loop", "deaf-loop");
        await Bomb("memory-bomb", "memory-bomb");
        await Bomb("memory-file-bomb", "memory-file-bomb");
        await Bomb("shared-memory-bomb", "shared-memory-bomb");
        await Bomb("fill-out", "fill", "/out/x");
        await Bomb("fill-tmp", "fill", "/tmp/x");
        await Bomb("fill-shared-memory", "fill", "/dev/shm/x");
        await Bomb("fill-dev", "fill", "/dev/x");
        await Bomb("fill-names", "fill-names");
        await Bomb("open-files", "open-files");
        await Bomb("log-flood-of-a-gigabyte", "flood");
        return measured;
    }

    public static async Task<Measured> OutputsAsync(HostileScene scene)
    {
        var input = Path.Combine(scene.Scene.NewDirectory("blobs"), "input");
        await File.WriteAllTextAsync(input, "input");
        var outcome = await scene.AttemptAsync(
            request => request with { Inputs = [new InputFile("input", input)] }, "tricks");
        var names = new Dictionary<string, string>
        {
            ["newline"] = "new\nline",
            ["escape"] = "\u001b[2J\u001b]0;owned\a",
            ["not-utf8"] = "\ufffd\ufffd",
            ["replacement"] = "\ufffd\ufffd",
            ["longest"] = new string('n', 255),
            ["spaces"] = " ",
            ["dots"] = "...",
            ["dash"] = "-rf",
            ["backslash"] = @"..\..\x",
            ["star"] = "*",
            ["closed-directory"] = "closed/file",
        };
        var measured = new Measured();
        foreach (var line in Lines(outcome))
        {
            var (trick, made) = (line.Split(' ')[0], line.Split(' ')[1]);
            measured["out-" + trick] = made == "OK" ? Fate(outcome, names.GetValueOrDefault(trick, trick)) : made;
        }
        async Task Count(string name, params string[] arguments)
        {
            var counted = await scene.AttemptAsync(
                request => request with { Limits = request.Limits with { OutputFilesMax = 20 } }, arguments);
            measured[name] = string.Join(", ", counted.Report.RefusedOutputs
                .Select(refused => refused.Reason).Distinct().Prepend($"{counted.Report.Outputs.Count} taken"));
        }
        await Count("out-many-files", "many", "60", "0");
        await Count("out-many-directories", "many", "10", "100");
        await Count("out-deep", "deep", "19", "3");
        await Count("out-deeper-than-a-path", "deep", "70", "200");
        foreach (var file in Directory.EnumerateFileSystemEntries(outcome.OutputDirectory))
            Assert.Matches("^[0-9a-f]{64}$", Path.GetFileName(file));
        return measured;
    }

    /// <summary>Where the host mounts something, the image has a link or a file of its own.</summary>
    public static async Task<Measured> ImagesAsync(HostileScene scene)
    {
        string[] places = ["tmp", "out", "in", "proc", "dev", "sys", ".stun", "etc"];
        var target = scene.Scene.NewDirectory("target");
        var kinds = new Dictionary<string, Action<string>>
        {
            ["absolute-links"] = path => File.CreateSymbolicLink(path, target),
            ["links-upwards"] = path => File.CreateSymbolicLink(path, "../../../../../../.." + target),
            ["links-to-themselves"] = path => File.CreateSymbolicLink(path, Path.GetFileName(path)),
            ["links-to-a-process"] = path => File.CreateSymbolicLink(path, "/proc/1/root" + target),
            ["files"] = path => File.WriteAllText(path, "x"),
            ["directories-with-links"] = path =>
                File.CreateSymbolicLink(Path.Combine(Directory.CreateDirectory(path).FullName, "sh"), target),
        };
        var measured = new Measured();
        foreach (var (kind, make) in kinds)
        {
            var image = scene.NewImage(root =>
            {
                foreach (var place in places) make(Path.Combine(root, place));
            });
            var outcome = await scene.Scene.ShellAsync("echo o > /out/o; echo t > /tmp/t; ls /in; cat /out/o /tmp/t",
                request => request with { Image = image });
            measured[$"image-of-{kind}"] = $"{Word(outcome.End)}, {string.Join('+', Lines(outcome))}";
            Assert.Empty(Directory.EnumerateFileSystemEntries(target));
        }
        return measured;
    }

    /// <summary>CVE-2024-21626: a working directory may name a descriptor that the runtime forgot to close.</summary>
    public static async Task<Measured> DirectoriesAsync(HostileScene scene)
    {
        var measured = new Measured();
        async Task<string> At(string directory)
        {
            var image = scene.Image with { Config = scene.Image.Config with { WorkingDirectory = directory } };
            var outcome = await scene.AttemptAsync(request => request with { Image = image }, "where");
            return outcome.End is RunEnd.Exited(0) ? string.Join(", ", Lines(outcome)) : Word(outcome.End);
        }
        var places = new SortedSet<string>(StringComparer.Ordinal);
        for (var descriptor = 3; descriptor < 10; descriptor++) places.Add(await At($"/proc/self/fd/{descriptor}"));
        measured["directory-of-a-descriptor"] = string.Join("; ", places);
        measured["directory-of-first-process"] = await At("/proc/1/cwd");
        measured["directory-upwards"] = await At("/../../../..");
        measured["directory-relative"] = await At("../..");
        measured["directory-that-is-a-file"] = await At("/etc/passwd");
        measured["directory-that-is-missing"] = await At("/missing/deep");
        return measured;
    }

    public static async Task<Measured> CommandsAsync(HostileScene scene)
    {
        var secret = Path.Combine(scene.Scene.NewDirectory("host"), "program");
        File.Copy("/bin/busybox", secret);
        const UnixFileMode Program = (UnixFileMode)0b111_101_101;
        var image = scene.NewImage(root =>
        {
            void Link(string name, string to) => File.CreateSymbolicLink(Path.Combine(root, "bin", name), to);
            void Script(string path, string text)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, path))!);
                File.WriteAllText(Path.Combine(root, path), text);
                File.SetUnixFileMode(Path.Combine(root, path), Program);
            }
            Link("loop", "loop");
            for (var step = 0; step < 50; step++) Link($"step{step}", $"step{step + 1}");
            Link("step50", "true");
            Link("to-host", secret);
            Link("to-host-upwards", "../../../../../../../../.." + secret);
            Link("up-and-back", "../../../../../../bin/true");
            Link("own-program", "/proc/self/exe");
            Script("proc/self/exe", "x");
            Script("bin/self-script", "#!/proc/self/exe\n");
            Script("bin/bare-script", "exit 7\n");
            Script("bin/no-program", "\x7f" + "ELF");
        });
        var measured = new Measured();
        foreach (var name in new[]
        {
            "loop", "step0", "step20", "to-host", "to-host-upwards", "up-and-back", "own-program", "/proc/self/exe",
            "/proc/self/fd/3", "self-script", "bare-script", "no-program", "/bin", "../../../../bin/true", "",
        })
            measured[$"command-{name}"] = await Command(name);
        return measured;

        async Task<string> Command(string name)
        {
            try
            {
                return Word((await scene.Scene.RunAsync(scene.Scene.Request(name) with { Image = image })).End);
            }
            catch (ExecutionException failure)
            {
                return failure.Code;
            }
        }
    }

    /// <summary>Two containers at once; one looks for what the other has left.</summary>
    public static async Task<Measured> NeighboursAsync(HostileScene scene)
    {
        using var stop = new CancellationTokenSource();
        Task<RunReport>[] running =
        [
            await BegunAsync(scene, stop.Token),
            await BegunAsync(scene, stop.Token),
        ];
        var outcome = await scene.AttemptAsync("neighbour", "look");
        var owners = Directory.EnumerateFiles(Path.Combine(scene.Scene.StateDirectory, "runs"), "neighbour",
            new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Where(path => path.EndsWith("/out/neighbour", StringComparison.Ordinal))
            .Select(path => Tool.RunAsync("stat", ["-c", "%u", path], TimeSpan.FromSeconds(10)).Result.Output.Trim())
            .Distinct().ToArray();
        await stop.CancelAsync();
        foreach (var run in running) Assert.Equal(new RunEnd.Stopped(), (await run).End);
        var measured = new Measured();
        foreach (var line in Lines(outcome)) measured["neighbour-" + line.Split(' ')[0]] = line.Split(' ')[1];
        measured["neighbours-users-on-the-host"] = owners.Length == 2 ? "differ" : string.Join('+', owners);
        return measured;
    }

    private static async Task<Task<RunReport>> BegunAsync(HostileScene scene, CancellationToken stop)
    {
        var begun = new TaskCompletionSource();
        var text = "";
        var request = scene.Request("neighbour", "leave");
        var run = scene.Scene.Host.RunAsync(request, (_, bytes) =>
        {
            text += System.Text.Encoding.UTF8.GetString(bytes.Span);
            if (text.Contains("ready\n")) begun.TrySetResult();
        }, stop);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30), stop);
        Assert.Equal("socket OK\nmemory OK\ntmp OK\nout OK\nshm OK\nready\n", text);
        return run;
    }

    private static string Fate(Outcome outcome, string name)
    {
        if (outcome.Report.RefusedOutputs.FirstOrDefault(refused => refused.Name == TerminalText.OfName(name)) is
            { } found) return $"refused: {found.Reason}";
        return outcome.Report.Outputs.Any(file => file.Name == name) ? "taken" : "not seen";
    }

    private static string[] Lines(Outcome outcome) =>
        outcome.Output.Length > 1 << 18 ? [] : outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string Word(RunEnd end) => end switch
    {
        RunEnd.Exited(var code) => $"exit {code}",
        RunEnd.RuntimeFailed => "the runtime fails",
        RunEnd.OutOfMemory => "out of memory",
        RunEnd.TimedOut => "timed out",
        RunEnd.LogFlood => "log flood",
        RunEnd.DiskFull => "disk full",
        _ => end.ToString(),
    };
}

/// <summary>The attempts by their names, in the order in which they were made, and how each ended.</summary>
internal sealed class Measured : OrderedDictionary<string, string>;
