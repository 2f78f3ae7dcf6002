using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Stun.Tee.Release;

namespace Stun.Integration.Tee;

/// <summary>
/// Our HPKE with AES-256 against the same by other hands, with and without a shared secret: what one seals the other
/// opens, and what both derive is equal.
/// </summary>
public sealed class HpkeTests
{
    private const int Count = 5;

    private static string Folder => Path.Combine(WorkingCopy.Root, "tests", "Stun.Integration", "Tee", "peer");

    private sealed record Spoken(string What, string Key, string Info, string Enc, string Exporter, Piece[] Messages)
    {
        public string Psk { get; init; } = "";

        public string PskId { get; init; } = "";
    }

    private sealed record Piece(string Data, string Aad);

    private sealed record Heard(string Enc, string[] Results, string Exported);

    private static async Task<Heard> AskAsync(Spoken spoken)
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(Folder, "node_modules", "@hpke", "core")),
            "@hpke/core is not installed: see eng/prerequisites.");
        var start = new ProcessStartInfo("node", Path.Combine(Folder, "peer.mjs"))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var node = Process.Start(start)!;
        await node.StandardInput.WriteAsync(JsonSerializer.Serialize(spoken, JsonSerializerOptions.Web));
        node.StandardInput.Close();
        var text = await node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, node.ExitCode);
        return JsonSerializer.Deserialize<Heard>(text, JsonSerializerOptions.Web)!;
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    private static byte[] Text(int number) => Encoding.UTF8.GetBytes($"message {number}");

    private static byte[] Beside(int number) => Encoding.UTF8.GetBytes($"beside {number}");

    private static readonly SharedSecret Shared =
        new(Enumerable.Range(7, 64).Select(each => (byte)each).ToArray(), "which one"u8.ToArray());

    private static Spoken With(Spoken spoken, SharedSecret? shared) => shared is null ? spoken
        : spoken with { Psk = Hex(shared.Key.Span), PskId = Hex(shared.Id.Span) };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_another_implementation_seals_ours_opens(bool isShared)
    {
        var shared = isShared ? Shared : null;
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var messages = Enumerable.Range(0, Count).Select(each => new Piece(Hex(Text(each)), Hex(Beside(each))));
        var heard = await AskAsync(With(
            new Spoken("seal", Hex(Hpke.PointOf(key)), Hex("info"u8), "", Hex("name"u8), [.. messages]), shared));
        using var context = Hpke.Receive(Convert.FromHexString(heard.Enc), key, "info"u8, shared);
        for (var number = 0; number < Count; number++)
            Assert.Equal(Text(number), context.Open(Convert.FromHexString(heard.Results[number]), Beside(number)));
        Assert.Equal(heard.Exported, Hex(context.Export("name"u8, 48)));
        // The two modes do not open each other's.
        using var other = Hpke.Receive(Convert.FromHexString(heard.Enc), key, "info"u8, isShared ? null : Shared);
        Assert.Throws<KeyReleaseException>(() => other.Open(Convert.FromHexString(heard.Results[0]), Beside(0)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_ours_seals_another_implementation_opens(bool isShared)
    {
        var shared = isShared ? Shared : null;
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var (encapsulated, context) = Hpke.Send(Hpke.PointOf(key), "info"u8, shared);
        using var sender = context;
        var messages = Enumerable.Range(0, Count)
            .Select(each => new Piece(Hex(sender.Seal(Text(each), Beside(each))), Hex(Beside(each)))).ToArray();
        var heard = await AskAsync(With(new Spoken(
            "open", Hex(key.ExportParameters(true).D), Hex("info"u8), Hex(encapsulated), Hex("name"u8), messages),
            shared));
        Assert.Equal(Enumerable.Range(0, Count).Select(each => Hex(Text(each))), heard.Results);
        Assert.Equal(heard.Exported, Hex(sender.Export("name"u8, 48)));
    }
}
