using System.Text;
using Stun.Chain.Evm;
using Stun.Execution.Containers;
using Stun.Node;
using Stun.Node.Gateway;

namespace Stun.Tests.Gateway;

public sealed class DoorTests
{
    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch.AddYears(60);

        public override DateTimeOffset GetUtcNow() => Now;
    }

    [Fact]
    public void A_bucket_gives_its_burst_then_its_rate_and_fills_again()
    {
        var clock = new SetClock();
        var limits = new RateLimits<string>(new Rate(10, 3), clock);
        for (var left = 2; left >= 0; left--)
        {
            Assert.Equal(TimeSpan.Zero, limits.Take("a", out var told));
            Assert.Equal(left, told);
        }
        Assert.Equal(TimeSpan.FromMilliseconds(100), limits.Look("a"));
        Assert.Equal(TimeSpan.FromMilliseconds(100), limits.Take("a", out _));
        Assert.Equal(TimeSpan.Zero, limits.Take("b", out _));
        clock.Now += TimeSpan.FromMilliseconds(100);
        Assert.Equal(TimeSpan.Zero, limits.Take("a", out _));
        Assert.NotEqual(TimeSpan.Zero, limits.Take("a", out _));
        clock.Now += TimeSpan.FromHours(1);
        Assert.Equal(TimeSpan.Zero, limits.Take("a", out var full));
        Assert.Equal(2, full);
    }

    [Fact]
    public void A_token_ends_when_its_time_is_over_and_another_secret_opens_nothing()
    {
        var clock = new SetClock();
        var keeper = new Doorkeeper(null, clock);
        var (id, key, hash) = Doorkeeper.NewKey();
        var who = new ApiPrincipal(id, new Address(1, 2, 3), ApiRole.Requester);
        keeper.Add(id, hash, who, WallTime.At(clock.Now + TimeSpan.FromMinutes(15)));
        Assert.Equal(who, keeper.Find(key));
        Assert.Null(keeper.Find(key[..^1] + (key[^1] == '0' ? '1' : '0')));
        Assert.Null(keeper.Find($"stun_{id}_"));
        clock.Now += TimeSpan.FromMinutes(15);
        Assert.Null(keeper.Find(key));
    }

    [Fact]
    public void Scopes_narrow_a_role_and_never_widen_it()
    {
        Assert.Equal(Right.TasksRead, RoleTable.Narrow(ApiRole.Requester, ["tasks:read", "audit:read"]));
        Assert.Equal(RoleTable.Of(ApiRole.Provider), RoleTable.Narrow(ApiRole.Provider, []));
        foreach (var name in RoleTable.ScopeNames) Assert.Equal(name, RoleTable.NameOf(RoleTable.ScopeOf(name)!.Value));
        foreach (var giver in Enum.GetValues<ApiRole>())
            foreach (var role in Enum.GetValues<ApiRole>())
                if (RoleTable.MayGive(giver, role) && giver != role)
                    Assert.Equal(RoleTable.Of(giver), RoleTable.Of(giver) | RoleTable.Of(role));
    }

    [Fact]
    public void A_signature_is_read_as_wallets_write_it()
    {
        var signature = EvmKey.Generate().Sign(new Digest(1, 2, 3, 4));
        var text = SignatureText.Of(signature);
        Assert.True(SignatureText.TryParse(text, out var read));
        Assert.Equal(signature, read);
        Assert.True(SignatureText.TryParse($"{text[..^2]}{signature.RecoveryId:x2}", out read));
        Assert.Equal(signature, read);
        foreach (var bad in (string?[])[null, "", text[2..], text + "00", text[..^2] + "1d", text[..^1] + "g"])
            Assert.False(SignatureText.TryParse(bad, out _));
    }

    [Fact]
    public void Pieces_of_a_log_are_joined_by_their_offsets_and_gaps_are_told()
    {
        using var logs = LogBook.Open(Directory.CreateTempSubdirectory("stun-logs").FullName, new LogLimits(10, 1_000));
        var attempt = new AttemptId(7);
        Assert.Equal(3, logs.AppendAt(attempt, LogStream.Output, 0, "abc"u8));
        Assert.Equal(3, logs.AppendAt(attempt, LogStream.Output, 0, "abc"u8));
        Assert.Equal(3, logs.AppendAt(attempt, LogStream.Output, 5, "fg"u8));
        Assert.Equal(5, logs.AppendAt(attempt, LogStream.Output, 1, "bcde"u8));
        Assert.Equal("bcde", Read(logs, attempt, 1));
        Assert.Equal("", Read(logs, attempt, long.MaxValue));
        Assert.Equal(25, logs.AppendAt(attempt, LogStream.Output, 5, new byte[20]));
        Assert.Equal(10, logs.LengthOf(attempt, LogStream.Output));
        Assert.Equal(0, logs.LengthOf(attempt, LogStream.Errors));
    }

    [Fact]
    public void The_oldest_logs_make_room_and_what_stays_survives_a_restart()
    {
        var directory = Directory.CreateTempSubdirectory("stun-logs").FullName;
        using (var logs = LogBook.Open(directory, new LogLimits(100, 1_000)))
        {
            for (var number = 1ul; number <= 30; number++)
            {
                logs.Append(new AttemptId(number), LogStream.Errors, new byte[100]);
                logs.End(new AttemptId(number));
            }
            Assert.InRange(logs.Bytes, 800, 1_000);
        }
        using var again = LogBook.Open(directory, new LogLimits(100, 1_000));
        Assert.InRange(again.Bytes, 800, 1_000);
        Assert.Equal(100, again.LengthOf(new AttemptId(30), LogStream.Errors));
        Assert.Equal(0, again.LengthOf(new AttemptId(1), LogStream.Errors));
    }

    [Theory]
    [InlineData("abc", 3)]
    [InlineData("aé", 3)]
    [InlineData("a€", 4)]
    public void A_line_of_a_log_ends_with_a_whole_character(string text, int length)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Assert.Equal(length, LogRoutes.WholeCharacters(bytes));
        if (text.Length < length) Assert.Equal(1, LogRoutes.WholeCharacters(bytes.AsSpan(0, length - 1)));
    }

    private static string Read(LogBook logs, AttemptId attempt, long offset)
    {
        Span<byte> bytes = stackalloc byte[100];
        return Encoding.UTF8.GetString(bytes[..logs.Read(attempt, LogStream.Output, offset, bytes)]);
    }
}
