using System.Text.Json;

namespace Stun.Calls;

/// <summary>Which node is meant, and with which key it is asked.</summary>
internal sealed record NodeAddress(Uri Node, string? Key)
{
    /// <summary>The network that runs on this machine, as <c>stun dev</c> has left it.</summary>
    public static string File => DataHome.In("node.json");

    /// <param name="Process">Who wrote it: one that is gone has left it behind.</param>
    private sealed record Form(string Url, string Key, int Process);

    public static NodeAddress Find(Uri? node, string? key)
    {
        var local = Read();
        var named = node ?? Variable("STUN_NODE");
        var url = named ?? local?.Node ?? throw new CommandException("node.unnamed",
            "No node is named, and none runs on this machine.",
            "Start one with 'stun dev', or name one with --node or STUN_NODE.");
        var secret = key ?? Environment.GetEnvironmentVariable("STUN_KEY");
        // The key of this machine's network is for that one only: no other node is to see it.
        if (string.IsNullOrEmpty(secret) && (named is null || local?.Node == named)) secret = local?.Key;
        return new NodeAddress(url, secret);
    }

    public NodeCalls Open() => new(Node, Key);

    public static NodeAddress? Read()
    {
        try
        {
            var form = JsonSerializer.Deserialize<Form>(System.IO.File.ReadAllBytes(File), Screen.Json);
            return form is null ? null : new NodeAddress(new Uri(form.Url), form.Key);
        }
        catch (Exception none) when (
            none is IOException or UnauthorizedAccessException or JsonException or UriFormatException)
        {
            return null;
        }
    }

    public void Save()
    {
        DataHome.Make();
        var next = $"{File}.{Environment.ProcessId}";
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var file = new FileStream(next, options))
            JsonSerializer.Serialize(file, new Form(Node.ToString(), Key ?? "", Environment.ProcessId), Screen.Json);
        System.IO.File.Move(next, File, overwrite: true);
    }

    /// <summary>Unless another network has been started since.</summary>
    public void Forget()
    {
        if (Read() == this) System.IO.File.Delete(File);
    }

    private static Uri? Variable(string name)
    {
        if (Environment.GetEnvironmentVariable(name) is not { Length: > 0 } text) return null;
        return Shared.UrlOf(text, what => throw CommandException.Usage($"{name}: {what}", $"Correct or unset {name}."));
    }
}
