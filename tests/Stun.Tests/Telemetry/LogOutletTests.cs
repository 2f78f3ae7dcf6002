using System.Text;
using System.Text.Json;
using Stun.Node.Telemetry;
using Xunit;

namespace Stun.Tests.Telemetry;

public sealed class LogOutletTests
{
    [Fact]
    public async Task Whoever_writes_is_not_held_up_by_a_reader_and_what_was_lost_is_told()
    {
        var output = new HeldStream();
        await using (var outlet = new LogOutlet(output, TimeProvider.System))
        {
            var log = new NodeLog(outlet.Lines, LogLevel.Info, TimeProvider.System);
            for (var count = 0; count < 15_000; count++) log.Write(LogLevel.Info, "a.code", $"line {count}");
            log.Write(LogLevel.Debug, "a.code", "not kept");
            Assert.Empty(output.Taken.ToArray());
            outlet.Start();
            output.Free.Set();
        }
        var lines = Encoding.UTF8.GetString(output.Taken.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var lost = lines.Single(line => line.GetProperty("code").GetString() == "log.lost");
        var missing = int.Parse(lost.GetProperty("text").GetString()!.Split(' ')[0],
            System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(15_000, lines.Count - 1 + missing);
        Assert.InRange(missing, 4_000, 5_000);
        Assert.Equal("line 0", lines[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_reader_that_went_away_harms_nobody()
    {
        await using var outlet = new LogOutlet(new BrokenStream(), TimeProvider.System);
        outlet.Start();
        var log = new NodeLog(outlet.Lines, LogLevel.Info, TimeProvider.System);
        for (var count = 0; count < 20_000; count++) log.Write(LogLevel.Info, "a.code", "a line");
    }

    [Theory]
    [InlineData("debug", LogLevel.Debug)]
    [InlineData("information", LogLevel.Info)]
    [InlineData("warning", LogLevel.Warning)]
    [InlineData("error", LogLevel.Error)]
    public void A_level_of_the_configuration_keeps_what_is_as_bad_or_worse(string name, LogLevel least)
    {
        var log = new NodeLog(Stream.Null, NodeLog.LevelOf(name), TimeProvider.System);
        foreach (var level in Enum.GetValues<LogLevel>()) Assert.Equal(level >= least, log.Keeps(level));
    }

    private class HeldStream : MemoryStream
    {
        private readonly MemoryStream taken = new();

        public ManualResetEventSlim Free { get; } = new();

        public MemoryStream Taken => taken;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Free.Wait(TimeSpan.FromSeconds(30));
            taken.Write(buffer);
        }
    }

    private sealed class BrokenStream : HeldStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("Broken pipe");
    }
}
