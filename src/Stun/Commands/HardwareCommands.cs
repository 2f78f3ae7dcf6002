using System.CommandLine;
using System.Security.Cryptography;
using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Execution;
using Stun.Execution.Hardware;
using Stun.Protocol;

namespace Stun.Commands;

/// <summary>stun hardware: what this machine has, measured and, with a key, signed.</summary>
internal static class HardwareCommands
{
    private static readonly Option<bool> Quick = new("--quick") { Description = "Measure for a fraction of a second." };

    private static readonly Option<bool> NoMeasure =
        new("--no-measure") { Description = "Only look; measure nothing." };

    private static readonly Option<string?> Store = new("--store")
    {
        Description = "The folder whose disk is meant; else this one.",
        HelpName = "DIR",
    };

    private static readonly Option<string?> KeyFile = new("--key-file")
    {
        Description = "Sign the record with this key.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> NonceText = new("--nonce")
    {
        Description = "What somebody asks to be signed along.",
        HelpName = "HEX",
    };

    public static Command Make() => Shared.Local("hardware", "What this machine has, measured and, with a key, signed.",
        [Shared.Json, Quick, NoMeasure, Store, KeyFile, NonceText], RunAsync, "stun hardware --quick",
            "stun hardware --json");

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var (isQuick, isMeasured) = (parsed.GetValue(Quick), !parsed.GetValue(NoMeasure));
        var nonce = parsed.GetValue(NonceText) is { } hex ? Nonce(hex) : Digest.Zero;
        if (parsed.GetValue(NonceText) is not null && parsed.GetValue(KeyFile) is null)
            throw Misused("--nonce without --key-file: a nonce is answered with a signature.");
        if (isQuick && !isMeasured) throw Misused("--quick and --no-measure exclude each other.");
        var store = Folder(parsed.GetValue(Store) ?? Directory.GetCurrentDirectory());
        // The key first: a file that is refused should not cost three seconds of measuring.
        using var key = parsed.GetValue(KeyFile) is { } file ? ReadKey(file) : null;
        var machine = await HardwareDetection.RunAsync(HardwareSources.Real(store, cancel)).ConfigureAwait(false);
        var measured = isMeasured ? HardwareProbes.Run(machine, isQuick ? ProbeBudget.Quick : ProbeBudget.Default)
            : null;
        var record = key is null ? null : Sign(key, machine, measured, nonce);
        var document = new HardwareDocument(machine, measured, record);
        Screen.Raw(Shared.IsJson(parsed) ? document.ToJson() : HardwareTable.Text(document));
        return Exits.Ok;
    }

    private static SignedRecordText Sign(EvmKey key, HardwareReport machine, ProbeReport? measured, Digest nonce)
    {
        var now = new Instant(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1000);
        var record = CapabilityClaim.Make(machine, measured, key.Address, nonce, now);
        var digest = TypedData.Digest(CapabilityClaim.Domain, record);
        return SignedRecordText.Of(new SignedCapabilityRecord(record, key.Sign(digest)), digest);
    }

    private static string Folder(string folder)
    {
        var path = Path.GetFullPath(folder);
        return Directory.Exists(path) ? path : throw new CommandException("hardware.store",
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

    private static CommandException Misused(string what) =>
        CommandException.Usage(what, "Look at 'stun hardware --help'.");

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
