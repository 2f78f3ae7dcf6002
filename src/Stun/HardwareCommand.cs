using System.Security.Cryptography;
using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Execution;
using Stun.Execution.Hardware;
using Stun.Protocol;

namespace Stun;

/// <summary>stun hardware: what this machine has, measured and, with a key, signed.</summary>
internal static class HardwareCommand
{
    private const string Usage =
        "stun hardware [--json] [--quick | --no-measure] [--store DIR] [--key-file FILE] [--nonce HEX]";

    /// <summary>A record speaks for a node and not for an escrow, so it names neither chain nor contract.</summary>
    private static readonly TypedDataDomain Domain = new(0, Address.Zero);

    private sealed record Options(
        bool Json, bool Quick, bool Measure, string Store, string? KeyFile, Digest Nonce);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = Parse(arguments);
        // The key first: a file that is refused should not cost three seconds of measuring.
        using var key = options.KeyFile is { } file ? ReadKey(file) : null;
        var machine = await HardwareDetection.RunAsync(HardwareSources.Real(options.Store)).ConfigureAwait(false);
        var budget = options.Quick ? ProbeBudget.Quick : ProbeBudget.Default;
        var measured = options.Measure ? HardwareProbes.Run(machine, budget) : null;
        var record = key is null ? null : Sign(key, machine, measured, options.Nonce);
        var document = new HardwareDocument(machine, measured, record);
        Console.Write(options.Json ? document.ToJson() : HardwareTable.Text(document));
        return 0;
    }

    private static SignedRecordText Sign(EvmKey key, HardwareReport machine, ProbeReport? measured, Digest nonce)
    {
        var now = new Instant(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1000);
        var record = CapabilityClaim.Make(machine, measured, key.Address, nonce, now);
        var digest = TypedData.Digest(Domain, record);
        return SignedRecordText.Of(new SignedCapabilityRecord(record, key.Sign(digest)), digest);
    }

    private static Options Parse(string[] arguments)
    {
        var options = new Options(false, false, true, Directory.GetCurrentDirectory(), null, Digest.Zero);
        var hasNonce = false;
        for (var index = 0; index < arguments.Length; index++)
        {
            switch (arguments[index])
            {
                case "--json": options = options with { Json = true }; break;
                case "--quick": options = options with { Quick = true }; break;
                case "--no-measure": options = options with { Measure = false }; break;
                case "--store": options = options with { Store = Store(Value(arguments, ref index)) }; break;
                case "--key-file": options = options with { KeyFile = Value(arguments, ref index) }; break;
                case "--nonce":
                    options = options with { Nonce = Nonce(Value(arguments, ref index)) };
                    hasNonce = true;
                    break;
                case var other: throw Misused($"unknown argument '{other}'.");
            }
        }
        if (hasNonce && options.KeyFile is null)
            throw Misused("--nonce without --key-file: a nonce is answered with a signature.");
        if (options.Quick && !options.Measure) throw Misused("--quick and --no-measure exclude each other.");
        return options;
    }

    private static string Value(string[] arguments, ref int index) =>
        ++index < arguments.Length ? arguments[index] : throw Misused($"{arguments[index - 1]} needs a value.");

    private static string Store(string folder)
    {
        var path = Path.GetFullPath(folder);
        return Directory.Exists(path) ? path : throw new ExecutionException("hardware.store",
            $"The store {path} is no folder.", "Name a folder that exists with --store.");
    }

    private static Digest Nonce(string hex)
    {
        var digits = hex.StartsWith("0x", StringComparison.Ordinal) ? hex[2..] : hex;
        return digits.Length == 2 * Digest.Size && digits.All(char.IsAsciiHexDigit)
            ? Digest.Read(Convert.FromHexString(digits))
            : throw Misused($"--nonce needs {2 * Digest.Size} hexadecimal digits, not '{hex}'.");
    }

    private static EvmKey ReadKey(string path)
    {
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead
            | UnixFileMode.OtherWrite;
        const int KeyFileBytesMax = 256;
        var bytes = new byte[Secret.Size];
        var text = new byte[KeyFileBytesMax];
        try
        {
            using var file = File.OpenHandle(path);
            if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();
            // Of the open file, not of the path: nobody can put another in its place in between.
            if ((File.GetUnixFileMode(file) & Others) != 0)
                throw new ExecutionException("key.readable", $"The key file {path} is open to group or others.",
                    $"Run chmod 600 {path}, and think about who may have read the key.");
            var length = RandomAccess.Read(file, text, 0);
            if (!Secret.TryParse(text.AsSpan(0, length), bytes))
                throw new ExecutionException("key.format", $"The key file {path} does not hold a key.",
                    "Write 64 hexadecimal digits into it, with or without 0x before them.");
            return EvmKey.From(bytes);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ExecutionException("key.unreadable", $"The key file {path} cannot be read: {failure.Message}",
                "Check the path and whose file it is.", failure);
        }
        catch (ChainException failure)
        {
            throw new ExecutionException(failure.Code, $"The key file {path}:", failure.Message, failure);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            CryptographicOperations.ZeroMemory(text);
        }
    }

    private static ExecutionException Misused(string what) => new("hardware.usage", what, $"Usage: {Usage}");

    /// <summary>Hexadecimal digits to bytes without a string between, which could not be overwritten.</summary>
    private static class Secret
    {
        public const int Size = 32;

        public static bool TryParse(ReadOnlySpan<byte> text, Span<byte> destination)
        {
            text = text.Trim((ReadOnlySpan<byte>)" \t\r\n"u8);
            if (text.StartsWith("0x"u8)) text = text[2..];
            if (text.Length != 2 * Size) return false;
            return Convert.FromHexString(text, destination, out _, out var written)
                == System.Buffers.OperationStatus.Done && written == Size;
        }
    }
}
