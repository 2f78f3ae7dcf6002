using System.Text.Json;

namespace Stun.Execution.Images;

/// <summary>
/// A folder that says how one of our images is made:
/// <c>config.json</c>, and if needed <c>packages</c> (Debian packages inside), <c>prerequisites</c> (Debian packages
/// of the machine that builds), <c>build.sh</c> (puts the rest in place).
/// </summary>
public sealed record ImageRecipe(
    string Name, string Directory, ImageConfig Config, ValueList<string> Packages, ValueList<string> Prerequisites)
{
    private sealed record Form(
        string[]? Entrypoint, string[]? Command, string[]? Environment, string? WorkingDirectory);

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public string? Script => Path.Combine(Directory, "build.sh") is var script && File.Exists(script) ? script : null;

    public static IReadOnlyList<string> Names(string recipes) =>
        System.IO.Directory.Exists(recipes)
            ? [.. System.IO.Directory.EnumerateFiles(recipes, "config.json", SearchOption.AllDirectories)
                .Select(file => Path.GetFileName(Path.GetDirectoryName(file))!).Order(StringComparer.Ordinal)]
            : [];

    public static ImageRecipe Read(string recipes, string name)
    {
        var directory = Path.Combine(Path.GetFullPath(recipes), name);
        var file = Path.Combine(directory, "config.json");
        if (name != Path.GetFileName(name) || !File.Exists(file))
            throw new ExecutionException("image.recipe-unknown", $"There is no recipe '{name}' in {recipes}.",
                $"Known are: {string.Join(", ", Names(recipes))}; --recipes names another directory.");
        try
        {
            var form = JsonSerializer.Deserialize<Form>(File.ReadAllBytes(file), Options)!;
            return new ImageRecipe(name, directory,
                new ImageConfig([.. form.Entrypoint ?? []], [.. form.Command ?? []], [.. form.Environment ?? []],
                    form.WorkingDirectory ?? "/"),
                Lines(Path.Combine(directory, "packages")), Lines(Path.Combine(directory, "prerequisites")));
        }
        catch (JsonException failure)
        {
            throw new ExecutionException("image.recipe-invalid", $"{file} cannot be read: {failure.Message}",
                "Correct it; images/base/config.json is an example.", failure);
        }
    }

    private static ValueList<string> Lines(string file) =>
        File.Exists(file)
            ? [.. File.ReadAllLines(file).Select(line => line.Trim())
                .Where(line => line.Length > 0 && line[0] != '#').ToArray()]
            : [];
}
