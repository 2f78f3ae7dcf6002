using Stun.Execution.Containers;
using Stun.Execution.Images;

namespace Stun.Integration.Containers;

/// <summary>
/// This program again, as a daemon of its own that will be killed: with the variable set it runs containers instead of
/// tests, says so, and waits.
/// </summary>
internal static class Victim
{
    private const string Variable = "STUN_VICTIM";

    public const int Runs = 8, Warm = 2;

    public static string[] Arguments(string driver, string state, string runtime, string group, string image) =>
        [driver, state, runtime, group, image];

    public static KeyValuePair<string, string?> Setting(string[] arguments) =>
        new(Variable, string.Join('\n', arguments));

    public static async Task<bool> RunIfAskedAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } asked) return false;
        await RunAsync(asked.Split('\n'));
        return true;
    }

    private static async Task RunAsync(string[] arguments)
    {
        var driver = await TestDrivers.CreateAsync(arguments[0], arguments[2]);
        var options = new ContainerHostOptions(arguments[1]) { CgroupParent = arguments[3] };
        var host = new ContainerHost(options, driver.Driver);
        var config = new ImageConfig([], [], ["PATH=/bin"], "/");
        var image = new UnpackedImage(new Digest(1, 2, 3, 4), arguments[4], config, () => { });
        if (driver.Driver.CanWait) await host.KeepWarmAsync(image, Warm);
        var started = new CountdownEvent(Runs);
        for (var run = 0; run < Runs; run++)
        {
            // Half of them need a disk of their own, mounted through a loop device.
            var limits = ContainerScene.Limits with { DiskBytes = (run % 2 == 0 ? 16 : 100) * ContainerScene.MiB };
            var request = new RunRequest($"victim-{run}", image,
                ["/bin/sh", "-c", "echo on; trap '' TERM HUP PIPE; while :; do sleep 1; done"], [], [], limits,
                Path.Combine(arguments[1], "taken"));
            var told = 0;
            _ = host.RunAsync(request, (_, _) =>
            {
                if (Interlocked.Exchange(ref told, 1) == 0) started.Signal();
            });
        }
        started.Wait();
        Console.WriteLine("all run");
        await Task.Delay(Timeout.Infinite);
    }
}
