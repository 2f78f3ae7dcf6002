using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Stun.Chain.Evm;

namespace Stun.Node.Keys;

/// <summary>
/// A key under a password in the form that Ethereum's wallets share: Web3 Secret Storage, version 3. scrypt makes 32
/// bytes of the password; the first half encrypts (AES-128, counter mode), the second half and keccak-256 bind it.
/// Files whose key comes from PBKDF2 are read as well; they are not written.
/// </summary>
internal static class EncryptedKey
{
    public const int BytesMax = 16 << 10;

    private const int SecretSize = 32, DerivedSize = 32, HalfSize = 16, BlockSize = 16;
    private const int Pbkdf2IterationsMax = 10_000_000;

    public static byte[] Encrypt(ReadOnlySpan<byte> secret, Password password, ScryptCost cost)
    {
        var (salt, iv) = (RandomNumberGenerator.GetBytes(DerivedSize), RandomNumberGenerator.GetBytes(BlockSize));
        using var key = EvmKey.From(secret);
        Span<byte> derived = stackalloc byte[DerivedSize];
        try
        {
            Scrypt.Derive(password.Bytes, salt, cost, derived);
            var ciphertext = Counter(derived[..HalfSize], iv, secret);
            var document = new JsonObject
            {
                ["version"] = 3,
                ["id"] = new Guid(RandomNumberGenerator.GetBytes(BlockSize)).ToString(),
                ["address"] = key.Address.ToString()[2..],
                ["crypto"] = new JsonObject
                {
                    ["cipher"] = "aes-128-ctr",
                    ["cipherparams"] = new JsonObject { ["iv"] = Hex(iv) },
                    ["ciphertext"] = Hex(ciphertext),
                    ["kdf"] = "scrypt",
                    ["kdfparams"] = new JsonObject
                    {
                        ["dklen"] = DerivedSize,
                        ["n"] = cost.Iterations,
                        ["r"] = cost.BlockSize,
                        ["p"] = cost.Parallelism,
                        ["salt"] = Hex(salt),
                    },
                    ["mac"] = $"{Mac(derived, ciphertext)}",
                },
            };
            return JsonSerializer.SerializeToUtf8Bytes(document);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    /// <summary>The caller overwrites the secret.</summary>
    /// <param name="source">How the file is called in messages.</param>
    public static byte[] Decrypt(ReadOnlySpan<byte> file, Password password, string source)
    {
        var fields = Fields.Read(file, source);
        Span<byte> derived = stackalloc byte[DerivedSize];
        try
        {
            fields.Derive(password, derived);
            Span<byte> mac = stackalloc byte[Digest.Size];
            Mac(derived, fields.Ciphertext).Write(mac);
            if (!CryptographicOperations.FixedTimeEquals(mac, fields.Mac))
                throw new NodeException("key.password", $"The password does not open {source}.",
                    "Give the one that it was made with. If you are sure of it, the file is damaged: take a copy.");
            var secret = Counter(derived[..HalfSize], fields.Iv, fields.Ciphertext);
            if (fields.Address is { } told && !IsKeyOf(secret, told))
            {
                CryptographicOperations.ZeroMemory(secret);
                throw Damaged(source, "the key in it is not that of its address");
            }
            return secret;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    /// <summary>Whose key it is, as the file says: readable without the password, and not proven.</summary>
    public static Address AddressOf(ReadOnlySpan<byte> file, string source) =>
        Fields.Read(file, source).Address ?? throw Damaged(source, "it names no address");

    private static bool IsKeyOf(ReadOnlySpan<byte> secret, Address address)
    {
        try
        {
            using var key = EvmKey.From(secret);
            return key.Address == address;
        }
        catch (Chain.ChainException)
        {
            return false;
        }
    }

    /// <summary>AES in counter mode: each block of the key stream is the encrypted counter, which begins at the iv.
    /// </summary>
    internal static byte[] Counter(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> text)
    {
        using var aes = Aes.Create();
        aes.SetKey(key);
        var counter = iv.ToArray();
        Span<byte> stream = stackalloc byte[BlockSize];
        var result = new byte[text.Length];
        for (var start = 0; start < text.Length; start += BlockSize)
        {
            aes.EncryptEcb(counter, stream, PaddingMode.None);
            for (var index = start; index < Math.Min(start + BlockSize, text.Length); index++)
                result[index] = (byte)(text[index] ^ stream[index - start]);
            for (var digit = BlockSize - 1; digit >= 0 && unchecked(++counter[digit]) == 0; digit--)
            {
                // The carry goes on to the left.
            }
        }
        CryptographicOperations.ZeroMemory(stream);
        return result;
    }

    private static Digest Mac(ReadOnlySpan<byte> derived, ReadOnlySpan<byte> ciphertext)
    {
        var text = new byte[HalfSize + ciphertext.Length];
        derived[HalfSize..].CopyTo(text);
        ciphertext.CopyTo(text.AsSpan(HalfSize));
        var mac = Keccak256.Hash(text);
        CryptographicOperations.ZeroMemory(text);
        return mac;
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    private static NodeException Damaged(string source, string why, Exception? inner = null) =>
        new("key.damaged", $"{source} is no key file: {why}.",
            "Take a copy of it from a safe place, or import the key again.", inner);

    /// <summary>What a file holds, checked before any of it is used.</summary>
    private sealed record Fields(byte[] Iv, byte[] Ciphertext, byte[] Mac, byte[] Salt, Address? Address)
    {
        private ScryptCost? Cost { get; init; }
        private int Iterations { get; init; }

        public static Fields Read(ReadOnlySpan<byte> file, string source)
        {
            try
            {
                using var document = JsonDocument.Parse(file.ToArray());
                return Read(document.RootElement, source);
            }
            catch (Exception failure) when (failure is JsonException or KeyNotFoundException or FormatException
                or InvalidOperationException or OverflowException)
            {
                // The message of the framework quotes the file; what was asked of the file is in the code above.
                throw Damaged(source, "a field is missing or is not in its form");
            }
        }

        public void Derive(Password password, Span<byte> derived)
        {
            if (Cost is not null) Scrypt.Derive(password.Bytes, Salt, Cost, derived);
            else Rfc2898DeriveBytes.Pbkdf2(password.Bytes, Salt, derived, Iterations, HashAlgorithmName.SHA256);
        }

        private static Fields Read(JsonElement root, string source)
        {
            if (root.GetProperty("version").GetInt32() is not 3 and var version)
                throw new NodeException("key.format", $"{source} has version {version}; known is 3.",
                    "Convert it with the wallet that wrote it.");
            var crypto = root.GetProperty(root.TryGetProperty("crypto", out _) ? "crypto" : "Crypto");
            var parameters = crypto.GetProperty("kdfparams");
            Known(crypto, "cipher", "aes-128-ctr", source);
            var fields = new Fields(
                Bytes(crypto.GetProperty("cipherparams"), "iv", BlockSize),
                Bytes(crypto, "ciphertext", SecretSize),
                Bytes(crypto, "mac", Digest.Size),
                Bytes(parameters, "salt", null),
                root.TryGetProperty("address", out var address) ? AddressOf(address.GetString()) : null);
            if (parameters.GetProperty("dklen").GetInt32() != DerivedSize)
                throw new FormatException();
            return crypto.GetProperty("kdf").GetString() == "pbkdf2"
                ? WithPbkdf2(fields, parameters, source)
                : WithScrypt(fields, crypto, parameters, source);
        }

        private static Fields WithScrypt(Fields fields, JsonElement crypto, JsonElement parameters, string source)
        {
            Known(crypto, "kdf", "scrypt", source);
            var cost = new ScryptCost(
                parameters.GetProperty("n").GetInt32(), parameters.GetProperty("r").GetInt32(),
                parameters.GetProperty("p").GetInt32());
            return cost.IsBearable ? fields with { Cost = cost } : throw TooDear(source);
        }

        private static Fields WithPbkdf2(Fields fields, JsonElement parameters, string source)
        {
            Known(parameters, "prf", "hmac-sha256", source);
            var iterations = parameters.GetProperty("c").GetInt32();
            return iterations is > 0 and <= Pbkdf2IterationsMax
                ? fields with { Iterations = iterations } : throw TooDear(source);
        }

        private static NodeException TooDear(string source) =>
            new("key.cost", $"{source} asks for a derivation that takes too much time or memory, or makes no sense.",
                "Write it again with the wallet's usual cost.");

        private static void Known(JsonElement element, string name, string known, string source)
        {
            if (element.GetProperty(name).GetString() is { } value && value != known)
                throw new NodeException("key.format",
                    $"{source} has the {name} '{Settings.YamlTree.Shown(value)}'; known is {known}.",
                    "Convert it with the wallet that wrote it.");
        }

        private static byte[] Bytes(JsonElement element, string name, int? length)
        {
            var bytes = Convert.FromHexString(element.GetProperty(name).GetString() ?? "");
            return length is null || bytes.Length == length ? bytes : throw new FormatException();
        }

        private static Address AddressOf(string? text)
        {
            var digits = text is ['0', 'x', ..] ? text[2..] : text ?? "";
            return digits.Length == 2 * Protocol.Address.Size
                ? Protocol.Address.Read(Convert.FromHexString(digits)) : throw new FormatException();
        }
    }
}
