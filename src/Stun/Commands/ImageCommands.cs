using System.CommandLine;
using System.Globalization;
using Stun.Execution.Images;
using Stun.Protocol;

namespace Stun.Commands;

/// <summary><c>stun images</c>: builds our images, brings foreign ones, and lists what is there.</summary>
internal static class ImageCommands
{
    private const long StoreBytesMax = 100L << 30;

    public static Command Make() => Shared.Group("images", "Images: our own, built, and foreign ones, brought.",
        List(), Pull(), Build());

    private static Command List() =>
        Shared.Local("list", "What is here, and what could be built.", [Shared.Json], (parsed, _) =>
    {
        var images = ImageStore.Peek(DataHome.Path);
        var recipes = ImageRecipe.Names(OurImages.Recipes);
        if (Shared.IsJson(parsed))
        {
            Screen.Write(new
            {
                Images = images.Select(image => new
                {
                    Digest = ImageDigest.Text(image.Digest),
                    Bytes = image.DiskBytes,
                    Pinned = image.IsPinned,
                    Program = Program(image.Config),
                }),
                Recipes = recipes.Select(name => new { Name = name, Built = OurImages.IsBuilt(name) }),
            });
            return Task.FromResult(Exits.Ok);
        }
        foreach (var image in images)
            Screen.Line($"{ImageDigest.Text(image.Digest)} {Megabytes(image.DiskBytes),10} MB"
                + (image.IsPinned ? " pinned" : "") + $"  {Program(image.Config)}");
        foreach (var recipe in recipes) Screen.Line($"recipe {recipe}" + (OurImages.IsBuilt(recipe) ? ", built" : ""));
        return Task.FromResult(Exits.Ok);
    }, "stun images list");

    private static Command Pull()
    {
        var source = new Argument<string>("SOURCE")
        {
            Description = "docker://HOST/NAME:TAG, oci:DIRECTORY, docker-archive:FILE.",
        };
        var expected =
            new Option<string?>("--digest") { Description = "It must be this one.", HelpName = "sha256:DIGEST" };
        return Shared.Local("pull", "Brings an image, looks into every layer, and unpacks it.",
            [source, expected, Shared.Json],
            async (parsed, cancel) =>
            {
                Digest? digest = parsed.GetValue(expected) is not { } text ? null
                    : ImageDigest.TryParse(text, out var named)
                    ? named
                    : throw CommandException.Usage($"'{text}' is no digest.", "Write sha256: and 64 hex digits.");
                DataHome.Make();
                using var store = await ImageStore.OpenAsync(DataHome.Path, StoreBytesMax, new ImageLimits())
                    .ConfigureAwait(false);
                using var image = await store
                    .AcquireAsync(ImageSource.Parse(parsed.GetValue(source)!), digest, new ProgressLine(), cancel)
                    .ConfigureAwait(false);
                if (Shared.IsJson(parsed)) Screen.Write(new { Digest = ImageDigest.Text(image.Digest), image.Root });
                else Screen.Line($"{ImageDigest.Text(image.Digest)} {image.Root}");
                return Exits.Ok;
            }, "stun images pull docker://HOST/NAME:TAG");
    }

    private static Command Build()
    {
        var name = new Argument<string>("NAME") { Description = "The recipe." };
        var outside = new Option<string?>("--out") { Description = "Where the layout goes.", HelpName = "DIR" };
        var recipes = new Option<string?>("--recipes") { Description = "Where the recipes are.", HelpName = "DIR" };
        return Shared.Local(
            "build", "Makes one of our images, bit for bit the same each time.", [name, outside, recipes, Shared.Json],
            async (parsed, cancel) =>
            {
                var recipe = ImageRecipe.Read(parsed.GetValue(recipes) ?? OurImages.Recipes, parsed.GetValue(name)!);
                DataHome.Make();
                var built = await new ImageBuild(recipe, new StepLine())
                    .RunAsync(parsed.GetValue(outside) ?? OurImages.Built, cancel).ConfigureAwait(false);
                if (Shared.IsJson(parsed))
                    Screen.Write(
                        new { Digest = ImageDigest.Text(built.Digest), built.Bytes, Source = $"oci:{built.Layout}" });
                else Screen.Line($"{ImageDigest.Text(built.Digest)} {Megabytes(built.Bytes)} MB oci:{built.Layout}");
                return Exits.Ok;
            }, "stun images build base");
    }

    private static string Program(ImageConfig config) =>
        string.Join(' ', config.Entrypoint.Span.ToArray().Concat(config.Command.Span.ToArray()));

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>One line a whole tenth, so that a log stays readable.</summary>
    private sealed class ProgressLine : IProgress<ImageProgress>
    {
        private (ImageStage Stage, long Tenth) shown = (ImageStage.Fetch, -1);

        public void Report(ImageProgress value)
        {
            var now = (value.Stage, value.DoneBytes * 10 / Math.Max(1, value.TotalBytes));
            if (now == shown) return;
            shown = now;
            Screen.Note(
                $"stun: {value.Stage} {Megabytes(value.DoneBytes)} of {Megabytes(value.TotalBytes)} MB");
        }
    }
}
