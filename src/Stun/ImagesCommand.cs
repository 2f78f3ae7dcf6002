using System.Globalization;
using Stun.Execution;
using Stun.Execution.Images;
using Stun.Protocol;

namespace Stun;

/// <summary><c>stun images</c>: builds our images, brings foreign ones, and lists what is there.</summary>
internal static class ImagesCommand
{
    private const string Usage = """
        stun images list
        stun images pull SOURCE [--digest sha256:DIGEST]
        stun images build NAME [--out DIRECTORY] [--recipes DIRECTORY]
        """;

    private const long StoreBytesMax = 100L << 30;

    public static async Task<int> RunAsync(string[] arguments)
    {
        switch (arguments)
        {
            case ["list"]:
                List();
                return 0;
            case ["pull", var source, .. var rest] when Options(rest, "--digest") is { } options:
                await PullAsync(ImageSource.Parse(source), options).ConfigureAwait(false);
                return 0;
            case ["build", var name, .. var rest] when Options(rest, "--out", "--recipes") is { } options:
                await BuildAsync(name, options).ConfigureAwait(false);
                return 0;
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }

    private static void List()
    {
        foreach (var image in ImageStore.Peek(StorePath()))
            Console.WriteLine($"{ImageDigest.Text(image.Digest)} {Megabytes(image.DiskBytes),10} MB"
                + (image.IsPinned ? " pinned" : "") + $"  {Program(image.Config)}");
        foreach (var recipe in ImageRecipe.Names("images")) Console.WriteLine($"recipe {recipe}");
    }

    private static async Task PullAsync(ImageSource source, SortedDictionary<string, string> options)
    {
        Digest? expected = null;
        if (options.TryGetValue("--digest", out var text))
            expected = ImageDigest.TryParse(text, out var digest)
                ? digest
                : throw new ExecutionException("image.source-invalid", $"'{text}' is no digest.",
                    "Write sha256: and 64 hex digits.");
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, key) =>
        {
            key.Cancel = true;
            stop.Cancel();
        };
        using var store = await ImageStore.OpenAsync(StorePath(), StoreBytesMax, new ImageLimits())
            .ConfigureAwait(false);
        using var image = await store.AcquireAsync(source, expected, new ProgressLine(), stop.Token)
            .ConfigureAwait(false);
        Console.WriteLine($"{ImageDigest.Text(image.Digest)} {image.Root}");
    }

    private static async Task BuildAsync(string name, SortedDictionary<string, string> options)
    {
        var recipe = ImageRecipe.Read(options.GetValueOrDefault("--recipes", "images"), name);
        var outside = options.GetValueOrDefault("--out", Path.Combine(StorePath(), "images", "built"));
        var build = new ImageBuild(recipe, new StepLine());
        var built = await build.RunAsync(outside, CancellationToken.None).ConfigureAwait(false);
        Console.WriteLine($"{ImageDigest.Text(built.Digest)} {Megabytes(built.Bytes)} MB oci:{built.Layout}");
    }

    /// <summary>Pairs of a name and a value; null if something else stands there.</summary>
    private static SortedDictionary<string, string>? Options(string[] rest, params string[] known)
    {
        SortedDictionary<string, string> options = new(StringComparer.Ordinal);
        for (var index = 0; index < rest.Length; index += 2)
        {
            if (!known.Contains(rest[index]) || index + 1 == rest.Length) return null;
            options[rest[index]] = rest[index + 1];
        }
        return options;
    }

    private static string StorePath()
    {
        if (Environment.GetEnvironmentVariable("STUN_HOME") is { Length: > 0 } home) return home;
        var data = Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } given
            ? given
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share");
        return Path.Combine(data, "stun");
    }

    private static string Program(ImageConfig config) =>
        string.Join(' ', config.Entrypoint.Span.ToArray().Concat(config.Command.Span.ToArray()));

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture);

    private sealed class StepLine : IProgress<string>
    {
        public void Report(string value) => Console.Error.WriteLine($"stun: {value}");
    }

    /// <summary>One line a whole tenth, so that a log stays readable.</summary>
    private sealed class ProgressLine : IProgress<ImageProgress>
    {
        private (ImageStage Stage, long Tenth) shown = (ImageStage.Fetch, -1);

        public void Report(ImageProgress value)
        {
            var now = (value.Stage, value.DoneBytes * 10 / Math.Max(1, value.TotalBytes));
            if (now == shown) return;
            shown = now;
            Console.Error.WriteLine(
                $"stun: {value.Stage} {Megabytes(value.DoneBytes)} of {Megabytes(value.TotalBytes)} MB");
        }
    }
}
