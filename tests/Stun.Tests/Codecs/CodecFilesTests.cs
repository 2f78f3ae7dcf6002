using Stun.Codecs;

namespace Stun.Tests.Codecs;

public sealed class CodecFilesTests
{
    [Fact]
    public void Codecs_are_fresh()
    {
        foreach (var (path, text) in CodecFiles.From(WireSources.Read(Repository.Root)))
        {
            var file = Repository.PathOf(path);
            Assert.True(
                File.Exists(file) && File.ReadAllText(file) == text,
                $"{path} is not what the [Wire] types say. Run eng/generate and commit what it writes; "
                + "if you did not mean to change the wire, undo the change of the record.");
        }
    }
}
