using System.Text.Json;

namespace Stun.Execution.Hardware;

/// <summary>
/// Devices that container runtimes can be given by name (Container Device Interface). Only JSON is read; a YAML file
/// is named in a remark, because a device that is silently missing would be looked for in the wrong place.
/// </summary>
public static class CdiSource
{
    private const int DevicesMax = 1024;
    private static readonly string[] Folders = ["/etc/cdi", "/var/run/cdi"];

    public static ValueList<CdiDevice> Read(MachineFiles files, List<Remark> remarks)
    {
        List<CdiDevice> found = [];
        foreach (var folder in Folders)
            foreach (var name in files.Names(folder))
                Read(files, $"{folder}/{name}", found, remarks);
        return ValueList.From(found);
    }

    private static void Read(MachineFiles files, string path, List<CdiDevice> found, List<Remark> remarks)
    {
        switch (Path.GetExtension(path))
        {
            case ".json":
                try
                {
                    using var document = JsonDocument.Parse(files.Text(path));
                    Add(document.RootElement, path, found);
                }
                catch (Exception failure) when (failure is JsonException or InvalidOperationException
                    or KeyNotFoundException or ArgumentException)
                {
                    remarks.Add(new Remark(path, $"is no CDI specification: {Told.Short(failure.Message)}"));
                }
                break;
            case ".yaml" or ".yml":
                remarks.Add(new Remark(path,
                    "is YAML, which is not read here: write it as JSON to see its devices, as nvidia-ctk cdi generate "
                    + "--format=json does."));
                break;
        }
    }

    private static void Add(JsonElement root, string path, List<CdiDevice> found)
    {
        var kind = root.GetProperty("kind").GetString() ?? "";
        foreach (var device in root.GetProperty("devices").EnumerateArray())
        {
            if (found.Count == DevicesMax) return;
            var name = Told.Short($"{kind}={device.GetProperty("name").GetString()}");
            found.Add(new CdiDevice(name, ValueList.Create<string>([.. Nodes(device)]), path));
        }
    }

    private static IEnumerable<string> Nodes(JsonElement device)
    {
        if (!device.TryGetProperty("containerEdits", out var edits)
            || !edits.TryGetProperty("deviceNodes", out var nodes)) yield break;
        foreach (var node in nodes.EnumerateArray().Take(DevicesMax))
            yield return Told.Short(node.GetProperty("path").GetString() ?? "");
    }
}
