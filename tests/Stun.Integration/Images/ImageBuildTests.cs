using Stun.Execution;
using Stun.Execution.Images;

namespace Stun.Integration.Images;

/// <summary>Our own images are the same bytes each time, and run.</summary>
public sealed class ImageBuildTests : IDisposable
{
    private readonly ImageWorkshop workshop = new();

    public void Dispose() => workshop.Dispose();

    /// <summary>Python takes a minute a build and the package mirror, so it is asked for by name.</summary>
    [Theory]
    [InlineData("base")]
    [InlineData("python")]
    [InlineData("hep")]
    public async Task Two_builds_from_nothing_give_one_digest(string name)
    {
        var asked = (Environment.GetEnvironmentVariable("STUN_TEST_IMAGES") ?? "").Split(',');
        Assert.SkipUnless(name == "base" || asked.Contains(name), $"slow; set STUN_TEST_IMAGES={name} to build it");
        var recipe = ImageRecipe.Read(WorkingCopy.Recipes, name);
        var first = await BuildAsync(recipe, "first");
        var second = await BuildAsync(recipe, "second");
        Assert.Equal(first.Digest, second.Digest);
        Assert.NotEqual(first.Layout, second.Layout);
        using var store = await workshop.OpenAsync();
        using var image = await store.AcquireAsync(
            new ImageSource.Layout(second.Layout), first.Digest, ImageWorkshop.Silent, ImageWorkshop.Stop);
        Assert.Contains(image.Config.Environment, text => text.StartsWith("PATH=", StringComparison.Ordinal));
        var shell = new FileInfo(Path.Combine(image.Root, "bin", "sh"));
        Assert.Equal("busybox", shell.LinkTarget);
    }

    [Fact]
    public void A_recipe_that_does_not_exist_is_named_with_those_that_do()
    {
        var failure = Assert.Throws<ExecutionException>(() => ImageRecipe.Read(WorkingCopy.Recipes, "nothing"));
        Assert.Equal("image.recipe-unknown", failure.Code);
        Assert.Contains("base, hep, inference, python, torch", failure.Message);
        Assert.Throws<ExecutionException>(() => ImageRecipe.Read(WorkingCopy.Recipes, "../images/base"));
    }

    [Theory]
    [InlineData(LayerForm.Tar)]
    [InlineData(LayerForm.Gzip)]
    public void The_order_and_the_times_of_files_do_not_matter(LayerForm form)
    {
        Digest[] digests = [WriteTree("first", form, "a", "b"), WriteTree("second", form, "b", "a")];
        Assert.Equal(digests[0], digests[1]);
        Assert.NotEqual(digests[0], WriteTree("third", form, "a", "c"));
    }

    private Digest WriteTree(string name, LayerForm form, params string[] files)
    {
        var root = workshop.PathOf(name);
        foreach (var file in files)
        {
            Directory.CreateDirectory(Path.Combine(root, file));
            File.WriteAllText(Path.Combine(root, file, new string('n', 200)), "content");
            File.SetLastWriteTimeUtc(Path.Combine(root, file, new string('n', 200)),
                DateTime.UnixEpoch.AddDays(name.Length));
        }
        return OciLayoutWriter.Write(root, ImageWorkshop.Config, workshop.PathOf(name + "-layout"), form);
    }

    private Task<BuiltImage> BuildAsync(ImageRecipe recipe, string into) =>
        new ImageBuild(recipe, new Progress<string>()).RunAsync(workshop.PathOf(into), ImageWorkshop.Stop);

    /// <summary>The images folder of the repository above the running test.</summary>
}
