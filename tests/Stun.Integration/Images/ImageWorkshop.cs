using System.Text;
using Stun.Execution.Images;
using Stun.Execution.Linux;
using Stun.Execution.Tools;

namespace Stun.Integration.Images;

/// <summary>A directory of one test: makes small images in it, and opens stores in it.</summary>
public sealed class ImageWorkshop : IDisposable
{
    public static readonly ImageConfig Config = new(["/bin/sh"], ["-c", "true"], ["PATH=/bin"], "/");

    /// <summary>The disk of a test machine may be nearly full; only the test of that asks for a reserve.</summary>
    public static readonly ImageLimits Limits = new() { FreeBytesMin = 0 };

    private readonly string directory = System.IO.Directory.CreateTempSubdirectory("stun-images-").FullName;
    private readonly List<string> mounts = [];

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static IProgress<ImageProgress> Silent { get; } = new Recorder();

    public string PathOf(string name) => Path.Combine(directory, name);

    /// <summary>An image of busybox and one file; each text makes another image.</summary>
    public (string Layout, Digest Digest) Image(string text, LayerForm form = LayerForm.Tar, int fillBytes = 0)
    {
        var root = PathOf($"root-{text}");
        Directory.CreateDirectory(Path.Combine(root, "bin"));
        Directory.CreateDirectory(Path.Combine(root, "data"));
        File.Copy("/bin/busybox", Path.Combine(root, "bin", "busybox"), overwrite: true);
        if (!File.Exists(Path.Combine(root, "bin", "sh")))
            File.CreateSymbolicLink(Path.Combine(root, "bin", "sh"), "busybox");
        File.WriteAllText(Path.Combine(root, "data", "text"), text);
        if (fillBytes > 0) File.WriteAllBytes(Path.Combine(root, "data", "fill"), new byte[fillBytes]);
        var layout = PathOf($"layout-{text}-{form}");
        return (layout, OciLayoutWriter.Write(root, Config, layout, form));
    }

    /// <summary>An image of layers that are given as tar bytes.</summary>
    public (string Layout, Digest Digest) ImageOf(params byte[][] tars)
    {
        List<string> files = [];
        foreach (var tar in tars)
        {
            files.Add(PathOf($"{files.Count}.tar"));
            File.WriteAllBytes(files[^1], tar);
        }
        var layout = PathOf("layout-of-tars");
        return (layout, OciLayoutWriter.WriteLayers(files, Config, layout));
    }

    public Task<ImageStore> OpenAsync(long bytesMax = 1L << 30, ImageLimits? limits = null, string store = "store") =>
        ImageStore.OpenAsync(PathOf(store), bytesMax, limits ?? Limits);

    public string[] StagingOf(string store = "store") =>
        [.. Directory.EnumerateFileSystemEntries(Path.Combine(PathOf(store), "images", "staging"))];

    public async Task<string> SkopeoAsync(string from, string to, params string[] more)
    {
        var result = await Tool.RunAsync("skopeo", ["--insecure-policy", "copy", "--quiet", .. more, from, to],
            TimeSpan.FromMinutes(1), Stop);
        Assert.True(result.Ok, result.Errors);
        return result.Output;
    }

    public async Task TarAsync(string file, string of)
    {
        var result = await Tool.RunAsync("tar", ["-C", of, "-cf", file, "."], TimeSpan.FromMinutes(1), Stop);
        Assert.True(result.Ok, result.Errors);
    }

    /// <summary>A small file system of its own; a test that needs it is skipped without root.</summary>
    public string SmallDisk(int megabytes)
    {
        Assert.SkipUnless(Kernel.IsRoot, "mounting a small disk needs root");
        var path = PathOf("disk");
        Directory.CreateDirectory(path);
        Kernel.Mount("tmpfs", path, "tmpfs", Kernel.MountFlags.None, $"size={megabytes}m");
        mounts.Add(path);
        return "disk";
    }

    public void Dispose()
    {
        foreach (var mount in mounts) Kernel.Unmount(mount);
        Directory.Delete(directory, recursive: true);
    }

    public sealed class Recorder : IProgress<ImageProgress>
    {
        private readonly Lock gate = new();
        private readonly List<ImageProgress> seen = [];

        public IReadOnlyList<ImageProgress> Seen
        {
            get
            {
                lock (gate) return [.. seen];
            }
        }

        public void Report(ImageProgress value)
        {
            lock (gate) seen.Add(value);
        }
    }
}

/// <summary>Writes tars that no honest tool writes.</summary>
public sealed class RawTar
{
    private readonly List<byte> bytes = [];

    public RawTar Add(string name, char type = '0', string target = "", string content = "", long? claimed = null,
        int mode = 0x1ED)
    {
        var size = claimed ?? content.Length;
        var header = new byte[512];
        Write(header, 0, name);
        Write(header, 100, Convert.ToString(mode, 8).PadLeft(7, '0'));
        Write(header, 108, "0000000");
        Write(header, 116, "0000000");
        if (size < 1L << 33) Write(header, 124, Convert.ToString(size, 8).PadLeft(11, '0'));
        else
        {
            header[124] = 0x80;
            System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(128, 8), size);
        }
        Write(header, 136, "00000000001");
        header[156] = (byte)type;
        Write(header, 157, target);
        Write(header, 257, "ustar");
        Write(header, 263, "00");
        Write(header, 148, "        ");
        Write(header, 148, Convert.ToString(header.Sum(value => value), 8).PadLeft(6, '0') + "\0 ");
        bytes.AddRange(header);
        bytes.AddRange(Encoding.Latin1.GetBytes(content));
        bytes.AddRange(new byte[(512 - (content.Length % 512)) % 512]);
        return this;
    }

    /// <summary>A pax header in front of the next entry.</summary>
    public RawTar Pax(string key, string value)
    {
        var tail = $" {key}={value}\n";
        var length = tail.Length + 2;
        if (length > 99) length++;
        return Add("pax", 'x', content: $"{length}{tail}");
    }

    public byte[] Finish()
    {
        bytes.AddRange(new byte[1024]);
        return [.. bytes];
    }

    private static void Write(byte[] header, int offset, string text) =>
        Encoding.Latin1.GetBytes(text).CopyTo(header, offset);
}
