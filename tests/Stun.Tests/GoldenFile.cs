namespace Stun.Tests;

/// <summary>A checked-in file that a test makes again and compares, or writes if the environment says so.</summary>
public static class GoldenFile
{
    private const string UpdateVariable = "STUN_UPDATE_VECTORS";

    public static void Check(string path, string text)
    {
        var file = Repository.PathOf(path);
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
            return;
        }
        Assert.True(
            File.Exists(file) && File.ReadAllText(file) == text,
            $"{path} differs from what the code makes. If the change of the wire is meant, run the tests once with "
            + $"{UpdateVariable}=1 and read the difference in review; old bytes must stay readable.");
    }
}
