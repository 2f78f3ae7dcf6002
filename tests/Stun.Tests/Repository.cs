namespace Stun.Tests;

/// <summary>Finds the working copy that the tests were built from: golden files and sources are read there.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Stun.slnx"))) folder = folder.Parent;
        return folder?.FullName
            ?? throw new InvalidOperationException("The tests run outside a working copy: no Stun.slnx above them.");
    }
}
