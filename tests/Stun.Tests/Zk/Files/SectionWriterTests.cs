using Stun.Zk.Files;
using Stun.Zk.Plonk;

namespace Stun.Tests.Zk.Files;

public sealed class SectionWriterTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("stun-zk-").FullName;

    private string KeyPath => Path.Combine(folder, "key.zkey");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_file_that_is_not_written_to_its_end_leaves_the_old_one_and_nothing_beside_it()
    {
        File.WriteAllText(KeyPath, "the old key");
        using (var writer = SectionWriter.Create(KeyPath, ZkeyFile.Kind, 1, 2))
        {
            writer.Begin(1);
            writer.Write(ZkeyFile.Plonk);
            Assert.Equal("the old key", File.ReadAllText(KeyPath));
        }
        Assert.Equal("the old key", File.ReadAllText(KeyPath));
        Assert.Equal([KeyPath], Directory.GetFiles(folder));
    }

    [Fact]
    public void A_key_that_is_written_whole_takes_the_place_of_the_old_one()
    {
        File.WriteAllText(KeyPath, "the old key");
        PlonkInsecureSetup.Write(KeyPath, SquareChain.Circuit(4));
        using var key = PlonkKey.Open(KeyPath);
        Assert.True(key.IsInsecure);
        Assert.Equal([KeyPath], Directory.GetFiles(folder));
    }
}
