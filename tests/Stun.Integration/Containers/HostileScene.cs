using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Stun.Execution.Cgroups;
using Stun.Execution.Containers;
using Stun.Execution.Images;
using Stun.Execution.Linux;
using Stun.Execution.Tools;

namespace Stun.Integration.Containers;

/// <summary>
/// A host with things worth attacking: an image that holds traps, listeners on the loopback and on an abstract socket,
/// a secret in the environment. It remembers how the machine was, and says what has changed.
/// </summary>
internal sealed class HostileScene : IAsyncDisposable
{
    public const string Secret = "this-is-the-secret-of-the-daemon";

    private const string SecretName = "SECRET_OF_THE_HOST";

    private readonly ContainerScene scene;
    private readonly string program;
    private readonly TcpListener four;
    private readonly TcpListener six;
    private readonly Socket hidden;
    private readonly List<string> images = [];
    private readonly SortedDictionary<string, string> before;
    private ulong imageCount = 100;

    private HostileScene(ContainerScene scene, string program)
    {
        Environment.SetEnvironmentVariable(SecretName, Secret);
        this.scene = scene;
        this.program = program;
        (four, six) = Listen();
        SocketName = $"stun-hostile-{Guid.NewGuid():n}";
        hidden = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        hidden.Bind(new UnixDomainSocketEndPoint("\0" + SocketName));
        hidden.Listen();
        Image = NewImage(Traps);
        before = Machine();
    }

    public ContainerScene Scene => scene;

    public string Driver => scene.DriverName;

    public UnpackedImage Image { get; }

    public int Port => ((IPEndPoint)four.LocalEndpoint).Port;

    public string SocketName { get; }

    public static async Task<HostileScene> OpenAsync(string driver)
    {
        var program = await HostileProgram.PathAsync();
        return new HostileScene(await ContainerScene.OpenAsync(driver), program);
    }

    public Task<Outcome> AttemptAsync(params string[] arguments) => AttemptAsync(null, arguments);

    public Task<Outcome> AttemptAsync(Func<RunRequest, RunRequest>? with, params string[] arguments) =>
        scene.RunAsync((with ?? (request => request))(Request(arguments)));

    public RunRequest Request(params string[] arguments) =>
        scene.Request(["/bin/attempts", .. arguments]) with { Image = Image };

    /// <summary>busybox and our program, and what else the change adds.</summary>
    public UnpackedImage NewImage(Action<string> change, Func<ImageConfig, ImageConfig>? with = null)
    {
        var root = scene.NewDirectory($"image-{imageCount}");
        CopyTree(scene.Image.Root, root);
        File.Copy(program, Path.Combine(root, "bin/attempts"));
        change(root);
        images.Add(root);
        if (before is not null)
            foreach (var (path, state) in TreeState.Of(root)) before[path] = state;
        var config = (with ?? (old => old))(scene.Image.Config);
        return new UnpackedImage(new Digest(imageCount++, 2, 3, 4), root, config, () => { });
    }

    /// <summary>What the attempts have changed on this machine; nothing, if all is well.</summary>
    public IEnumerable<string> Changes()
    {
        var after = Machine();
        foreach (var path in before.Keys.Union(after.Keys).Order(StringComparer.Ordinal))
        {
            var (old, now) = (before.GetValueOrDefault(path, "absent"), after.GetValueOrDefault(path, "absent"));
            if (old != now) yield return $"{path}: was {old}, is {now}";
        }
        if (four.Pending() || six.Pending()) yield return "a container reached the loopback of the host";
        if (hidden.Poll(0, SelectMode.SelectRead)) yield return "a container reached an abstract socket of the host";
    }

    /// <summary>Nothing changed, and the next ordinary task runs.</summary>
    public async Task MustBeUnharmedAsync()
    {
        Assert.Empty(Changes());
        var outcome = await scene.ShellAsync("echo fine");
        Assert.Equal((new RunEnd.Exited(0), "fine\n"), (outcome.End, outcome.Output));
    }

    public async ValueTask DisposeAsync()
    {
        four.Dispose();
        six.Dispose();
        hidden.Dispose();
        await scene.DisposeAsync();
    }

    /// <summary>What a program of the image could use to become more than it is.</summary>
    private void Traps(string root)
    {
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(root, "etc")).FullName, "passwd"),
            "root:x:0:0:root:/:/bin/sh\n");
        const UnixFileMode SetUidRoot = (UnixFileMode)0b110_111_101_101;
        foreach (var name in new[] { "setuid", "capable" })
            File.Copy(program, Path.Combine(root, "bin", name));
        File.SetUnixFileMode(Path.Combine(root, "bin/setuid"), SetUidRoot);
        Machinery(program, "make-capable", Path.Combine(root, "bin/capable"));
        var devices = Directory.CreateDirectory(Path.Combine(root, "devices")).FullName;
        Machinery("mknod", "-m", "666", Path.Combine(devices, "memory"), "c", "1", "1");
        Machinery("mknod", "-m", "666", Path.Combine(devices, "null"), "c", "1", "3");
        Machinery("mknod", "-m", "666", Path.Combine(devices, "loop"), "b", "7", "0");
    }

    private static void Machinery(string tool, params string[] arguments)
    {
        var result = Tool.RunAsync(tool, arguments, TimeSpan.FromSeconds(20)).GetAwaiter().GetResult();
        Assert.True(result.Ok, result.Errors);
    }

    private static void CopyTree(string from, string to)
    {
        foreach (var directory in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(to + directory[from.Length..]);
        foreach (var file in new DirectoryInfo(from).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            if (file.LinkTarget is { } target) File.CreateSymbolicLink(to + file.FullName[from.Length..], target);
            else file.CopyTo(to + file.FullName[from.Length..]);
        }
    }

    /// <summary>One port on both loopbacks: a container is told one number.</summary>
    private static (TcpListener Four, TcpListener Six) Listen()
    {
        while (true)
        {
            var four = new TcpListener(IPAddress.Loopback, 0);
            four.Start();
            var six = new TcpListener(IPAddress.IPv6Loopback, ((IPEndPoint)four.LocalEndpoint).Port);
            try
            {
                six.Start();
                return (four, six);
            }
            catch (SocketException failure) when (failure.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                four.Dispose();
                six.Dispose();
            }
        }
    }

    private SortedDictionary<string, string> Machine()
    {
        var state = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var tree in images.Append(scene.Image.Root).Append(scene.StateDirectory))
            foreach (var (path, what) in TreeState.Of(tree)) state[path] = what;
        foreach (var name in new[] { "crun", "runc", "runsc", "podman", "conmon", "busybox", "mount", "umoci" })
            if (Tool.Find(name) is { } path) state[path] = TreeState.OfOne(path);
        foreach (var file in new[] { "hostname", "core_pattern", "shmmax", "pid_max" })
            state[file] = File.ReadAllText(Path.Combine("/proc/sys/kernel", file));
        foreach (var line in File.ReadLines("/proc/self/mountinfo"))
            if (line.Contains(scene.StateDirectory, StringComparison.Ordinal)) state[line] = "mounted";
        foreach (var host in CgroupTree.Detect(scene.CgroupParent).Names())
            foreach (var name in CgroupTree.Detect($"{scene.CgroupParent}/{host}").Names()) state[name] = "a group";
        foreach (var process in ProcessesOfUs()) state[process] = "a process";
        return state;
    }

    /// <summary>Processes in groups of this scene: its containers', and nobody else's.</summary>
    private IEnumerable<string> ProcessesOfUs()
    {
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (!char.IsAsciiDigit(Path.GetFileName(process)[0])) continue;
            string groups;
            try
            {
                groups = File.ReadAllText(Path.Combine(process, "cgroup"));
            }
            catch (IOException)
            {
                // It ended while we looked.
                continue;
            }
            if (groups.Contains($"/{scene.CgroupParent}/", StringComparison.Ordinal)) yield return process;
        }
    }
}

/// <summary>Names, kinds, modes, sizes, times of change and contents below a directory.</summary>
internal static class TreeState
{
    public static IEnumerable<(string Path, string What)> Of(string root)
    {
        yield return (root, OfOne(root));
        // Links are traps of the images: what they point to is not below the directory.
        if (Kernel.Look(root)?.Kind != FileKind.Directory) yield break;
        foreach (var path in Directory.EnumerateFileSystemEntries(root))
            foreach (var inner in Of(path)) yield return inner;
    }

    public static string OfOne(string path)
    {
        var info = new FileInfo(path);
        var look = Kernel.Look(path);
        var text = new StringBuilder($"{look?.Kind} {info.UnixFileMode} {info.LinkTarget}");
        if (look?.Kind != FileKind.File) return text.ToString();
        text.Append($" {info.LastWriteTimeUtc:O} ");
        // The lease on a state directory is held, and empty.
        if (look.Value.Size == 0) return text.Append("empty").ToString();
        using var content = Kernel.OpenFile(path);
        return text.Append(Convert.ToHexStringLower(SHA256.HashData(content))).ToString();
    }
}
