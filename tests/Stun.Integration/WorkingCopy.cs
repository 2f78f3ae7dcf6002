namespace Stun.Integration;

/// <summary>The sources that these tests were built from: recipes, manuals, programs to be compiled.</summary>
internal static class WorkingCopy
{
    public static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Stun.slnx")))
                folder = folder.Parent;
            return folder?.FullName ?? throw new InvalidOperationException("The tests run outside a working copy.");
        }
    }

    public static string Recipes => Path.Combine(Root, "images");
}
