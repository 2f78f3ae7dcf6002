namespace Stun.Integration.Sdk;

/// <summary>The SDK for JavaScript, compiled once for all tests that use it.</summary>
internal static class JavaScriptPackage
{
    private static readonly Lazy<Task<string>> Compiled = new(() => Node(["build.mjs"]).RunAsync());

    public static string Folder { get; } = SdkProgram.FolderOf("javascript");

    /// <summary>A program of Node beside the package, which it can import by name.</summary>
    public static SdkProgram Node(params IReadOnlyList<string> arguments) => new("node", arguments, Folder);

    public static async Task RequireAsync()
    {
        SdkProgram.Require("node");
        SdkProgram.Require("npm");
        Assert.SkipUnless(Directory.Exists(Path.Combine(Folder, "node_modules", "typescript")),
            "The npm packages of sdk/javascript are not installed: see eng/prerequisites.");
        await Compiled.Value;
    }
}
