using Stun.Execution.Containers;
using Stun.Execution.Images;
using Stun.Execution.Tools;

namespace Stun.Integration.Containers;

/// <summary>
/// Real work in our own images, from the recipe to the result. Building them takes minutes and the package mirror, so
/// they are asked for by name: STUN_TEST_IMAGES=hep,torch. A layout built before is taken from STUN_IMAGE_LAYOUTS.
/// </summary>
public sealed class WorkloadTests
{
    private const long MiB = ContainerScene.MiB;

    private const string MakeModel = """
        import torch
        torch.manual_seed(7)
        net = torch.nn.Sequential(torch.nn.Linear(16, 32), torch.nn.ReLU(), torch.nn.Linear(32, 4))
        torch.save(net.state_dict(), "/out/net.pth")
        torch.jit.script(net).save("/out/net.pt")
        """;

    private const string UseModel = """
        import sys, torch
        torch.set_num_threads(1)
        x = torch.arange(64, dtype=torch.float32).reshape(4, 16) / 64
        with torch.no_grad():
            print([[v.hex() for v in row] for row in torch.jit.load(sys.argv[1]).eval()(x).tolist()])
        net = torch.nn.Sequential(torch.nn.Linear(16, 32), torch.nn.ReLU(), torch.nn.Linear(32, 4))
        net.load_state_dict(torch.load(sys.argv[2], weights_only=True))
        with torch.no_grad():
            print([[v.hex() for v in row] for row in net.eval()(x).tolist()])
        """;

    [Theory]
    [InlineData("crun")]
    [InlineData("runc")]
    public async Task Collisions_become_the_same_histograms_to_the_last_bit_in_two_runs(string driver)
    {
        await using var scene = await ContainerScene.OpenAsync(driver);
        using var store = await OpenStoreAsync(scene);
        using var image = await AcquireAsync(scene, store, "hep");
        var limits = ContainerScene.Limits with { MemoryBytes = 512 * MiB, DiskBytes = 200 * MiB };
        List<Outcome> outcomes = [];
        for (var run = 0; run < 2; run++)
            outcomes.Add(await scene.RunAsync(scene.Request() with
            {
                Image = image,
                Command = ["/usr/local/bin/hep", "2000", "42"],
                Limits = limits,
            }));
        Assert.All(outcomes, outcome => Assert.Equal((new RunEnd.Exited(0), ""), (outcome.End, outcome.Errors)));
        Assert.Contains("157104", outcomes[0].Output + string.Concat(
            outcomes[0].Report.Outputs.Select(file => outcomes[0].Text(file.Name))));
        Assert.Equal(outcomes[0].Output, outcomes[1].Output);
        Assert.Equal(outcomes[0].Report.Outputs, outcomes[1].Report.Outputs);
    }

    [Fact]
    public async Task A_model_answers_in_its_container_as_it_does_on_the_host()
    {
        await using var scene = await ContainerScene.OpenAsync("crun");
        using var store = await OpenStoreAsync(scene);
        using var image = await AcquireAsync(scene, store, "torch");
        var work = scene.NewDirectory("work");
        var limits = ContainerScene.Limits with
        {
            MemoryBytes = 2048 * MiB,
            Processes = 256,
            WallClock = TimeSpan.FromMinutes(5),
        };
        var made = await scene.RunAsync(scene.Request("/usr/bin/python3", "-c", MakeModel) with
        {
            Image = image,
            Limits = limits,
        });
        Assert.Equal((new RunEnd.Exited(0), ""), (made.End, made.Errors));
        Assert.Equal(["net.pt", "net.pth"], made.Report.Outputs.Select(file => file.Name));
        foreach (var file in made.Report.Outputs)
            File.Copy(Path.Combine(made.OutputDirectory, file.Digest.ToString()), Path.Combine(work, file.Name));
        await File.WriteAllTextAsync(Path.Combine(work, "use.py"), UseModel);
        var used = await scene.RunAsync(scene.Request(
            "/usr/bin/python3", "/in/use.py", "/in/net.pt", "/in/net.pth") with
        {
            Image = image,
            Limits = limits,
            Inputs =
            [
                new InputFile("use.py", Path.Combine(work, "use.py")),
                new InputFile("net.pt", Path.Combine(work, "net.pt")),
                new InputFile("net.pth", Path.Combine(work, "net.pth")),
            ],
        });
        Assert.Equal(new RunEnd.Exited(0), used.End);
        var lines = used.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Equal(lines[0], lines[1]);
        Assert.Equal(await OnHostAsync(image, work), used.Output);
    }

    /// <summary>The same libraries without a container: the image's root, entered as root, with nothing around it.
    /// </summary>
    private static async Task<string> OnHostAsync(UnpackedImage image, string work)
    {
        var script = $"mount -t tmpfs t {image.Root}/tmp && cp {work}/* {image.Root}/tmp "
            + $"&& mount -t devtmpfs d {image.Root}/dev "
            + $"&& mount -t proc p {image.Root}/proc && exec chroot {image.Root} "
            + "/usr/bin/env LD_LIBRARY_PATH=/usr/lib/x86_64-linux-gnu/blas:/usr/lib/x86_64-linux-gnu/lapack "
            + "/usr/bin/python3 /tmp/use.py /tmp/net.pt /tmp/net.pth";
        var result = await Tool.RunAsync(
            "unshare", ["-m", "--propagation", "private", "sh", "-c", script], TimeSpan.FromMinutes(5));
        Assert.True(result.Ok, result.Errors);
        return result.Output;
    }

    private static Task<ImageStore> OpenStoreAsync(ContainerScene scene) =>
        ImageStore.OpenAsync(scene.NewDirectory("store"), 16L << 30, new ImageLimits());

    private static async Task<UnpackedImage> AcquireAsync(ContainerScene scene, ImageStore store, string name)
    {
        var asked = (Environment.GetEnvironmentVariable("STUN_TEST_IMAGES") ?? "").Split(',');
        Assert.SkipUnless(asked.Contains(name), $"slow; set STUN_TEST_IMAGES={name} to build and run it");
        var layout = Path.Combine(Environment.GetEnvironmentVariable("STUN_IMAGE_LAYOUTS") ?? "/nowhere", name);
        if (!Directory.Exists(layout))
        {
            var recipe = ImageRecipe.Read(WorkingCopy.Recipes, name);
            var build = new ImageBuild(recipe, new Progress<string>());
            layout = (await build.RunAsync(scene.NewDirectory("built"), CancellationToken.None)).Layout;
        }
        return await store.AcquireAsync(
            new ImageSource.Layout(layout), null, new Progress<ImageProgress>(), CancellationToken.None);
    }
}
