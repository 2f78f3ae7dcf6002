using System.Text.Json;
using Stun.Execution;
using Stun.Execution.Images;
using Stun.Node.Serving;
using Stun.Protocol;

namespace Stun;

/// <summary>Images that this machine builds from recipes, and where they lie.</summary>
internal static class OurImages
{
    /// <summary>The image that a network for trying out always has.</summary>
    public const string Base = "base";

    /// <summary>The image that runs models, where it was built.</summary>
    public const string Inference = "inference";

    public static string Built => DataHome.In("images", "built");

    /// <summary>The recipes of the working copy that this was built from, or those of the present folder.</summary>
    public static string Recipes
    {
        get
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
                if (File.Exists(Path.Combine(folder.FullName, "images", Base, "config.json")))
                    return Path.Combine(folder.FullName, "images");
            return "images";
        }
    }

    /// <summary>A word without a colon or slash is the name of a recipe.</summary>
    public static bool IsName(string image) =>
        image.Length > 0 && image.All(sign => char.IsAsciiLetterOrDigit(sign) || sign == '-');

    public static bool IsBuilt(string name) => File.Exists(Path.Combine(Built, name, "index.json"));

    /// <summary>Null where no image of this name is built here.</summary>
    public static Digest? Named(string name) => IsName(name) && IsBuilt(name) ? DigestOf(name) : null;

    /// <summary>Where it lies as an OCI layout; built first if it is not there.</summary>
    public static async Task<string> EnsureAsync(string name, IProgress<string> steps, CancellationToken cancel)
    {
        if (!IsBuilt(name))
        {
            DataHome.Make();
            steps.Report($"building the image {name}, once");
            await new ImageBuild(ImageRecipe.Read(Recipes, name), steps).RunAsync(Built, cancel).ConfigureAwait(false);
        }
        return Path.Combine(Built, name);
    }

    /// <summary>What runs models that name no runner of their own.</summary>
    public static ServingSettings Serving()
    {
        const string Python = "/usr/bin/python3", Program = "/usr/local/lib/stun/runner.py";
        if (!IsBuilt(Inference)) return new ServingSettings();
        return new ServingSettings
        {
            Runners = new SortedDictionary<ModelFormat, ModelRunner>
            {
                [ModelFormat.Pth] = new(
                    DigestOf(Inference), "", [Python, Program, "run"], [Python, Program, "serve"], 8080,
                    Duration.Seconds(10)),
            },
        };
    }

    public static Digest DigestOf(string name)
    {
        if (!IsBuilt(name))
            throw new CommandException("image.not-built", $"The image {name} is not built on this machine.",
                $"Build it with 'stun images build {name}', or name one as docker://HOST/NAME@sha256:DIGEST.");
        using var index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Built, name, "index.json")));
        var text = index.RootElement.GetProperty("manifests")[0].GetProperty("digest").GetString();
        return ImageDigest.TryParse(text, out var digest)
            ? digest
            : throw new ExecutionException("image.layout-invalid", $"{Built}/{name}/index.json names no image.",
                $"Build it again with 'stun images build {name}'.");
    }
}

/// <summary>What takes long is told step by step.</summary>
internal sealed class StepLine : IProgress<string>
{
    public void Report(string value) => Screen.Note($"stun: {value}");
}
