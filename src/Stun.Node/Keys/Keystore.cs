using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Stun.Chain;
using Stun.Chain.Evm;

namespace Stun.Node.Keys;

/// <summary>
/// Keys under names, one encrypted file each, in a directory that only its owner can enter. A wallet of Ethereum
/// imports the files as they are.
/// </summary>
/// <param name="directory">Made when the first key is.</param>
/// <param name="cost">Of keys made from now on; each file says its own.</param>
public sealed partial class Keystore(string directory, ScryptCost cost)
{
    private const string Ending = ".json";
    private const int SecretSize = 32;

    public Keystore(string directory)
        : this(directory, ScryptCost.Standard)
    {
    }

    public Address Create(string name, Password password)
    {
        Span<byte> secret = stackalloc byte[SecretSize];
        try
        {
            // All but one in 2^128 draws are keys.
            do RandomNumberGenerator.Fill(secret); while (!IsKey(secret));
            return Put(name, secret, password);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    public EvmKey Open(string name, Password password)
    {
        var secret = Decrypted(name, password);
        try
        {
            return EvmKey.From(secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>In the order of their names. Addresses are what the files say.</summary>
    public IReadOnlyList<KeyEntry> List()
    {
        if (!Directory.Exists(directory)) return [];
        return [.. Directory.EnumerateFiles(directory, "*" + Ending)
            .Select(path => Path.GetFileName(path)[..^Ending.Length])
            .Where(name => Name().IsMatch(name))
            .Order(StringComparer.Ordinal)
            .Select(name => new KeyEntry(name, EncryptedKey.AddressOf(Read(name), PathOf(name))))];
    }

    /// <param name="hex">64 hexadecimal digits, with or without 0x. The caller overwrites them.</param>
    public Address Import(string name, ReadOnlySpan<char> hex, Password password)
    {
        Span<byte> secret = stackalloc byte[SecretSize];
        try
        {
            if (hex.StartsWith("0x", StringComparison.Ordinal)) hex = hex[2..];
            var isHex = Convert.FromHexString(hex, secret, out _, out var written)
                == System.Buffers.OperationStatus.Done && written == SecretSize;
            if (!isHex || !IsKey(secret))
                throw new NodeException("key.hex", "What is to be imported is no key.",
                    $"Give {2 * SecretSize} hexadecimal digits, not all zero.");
            return Put(name, secret, password);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>A wallet's file, under its password; it is kept as it is.</summary>
    public Address ImportFile(string name, ReadOnlySpan<byte> file, Password password)
    {
        var secret = EncryptedKey.Decrypt(file, password, "The file to be imported");
        try
        {
            return Put(name, secret, password);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>The encrypted file as a wallet imports it. Whoever has it and the password has the key.</summary>
    public byte[] Export(string name) => Read(name);

    /// <summary>The key itself, as 64 digits into the caller's space, which the caller overwrites.</summary>
    public void ExportHex(string name, Password password, Span<char> destination)
    {
        var secret = Decrypted(name, password);
        try
        {
            if (!Convert.TryToHexStringLower(secret, destination, out _))
                throw new ArgumentException($"A key has {2 * SecretSize} digits.", nameof(destination));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>The password must open it: what is removed is gone, so the name alone is not enough.</summary>
    public void Remove(string name, Password password)
    {
        CryptographicOperations.ZeroMemory(Decrypted(name, password));
        File.Delete(PathOf(name));
    }

    private Address Put(string name, ReadOnlySpan<byte> secret, Password password)
    {
        var path = PathOf(name);
        KeyFiles.MakeDirectory(directory);
        if (File.Exists(path)) throw Exists(name);
        var file = EncryptedKey.Encrypt(secret, password, cost);
        return KeyFiles.TryCreate(path, file) ? EncryptedKey.AddressOf(file, path) : throw Exists(name);
    }

    private byte[] Decrypted(string name, Password password) =>
        EncryptedKey.Decrypt(Read(name), password, PathOf(name));

    private byte[] Read(string name) =>
        KeyFiles.ReadPrivate(PathOf(name), EncryptedKey.BytesMax, new NodeException(
            "key.unknown", $"There is no key '{name}' in {directory}.", Known(name)));

    private string Known(string name)
    {
        var names = Directory.Exists(directory)
            ? Directory.EnumerateFiles(directory, "*" + Ending).Select(path => Path.GetFileNameWithoutExtension(path))
            : [];
        return Settings.Spelling.Nearest(name, names.Order(StringComparer.Ordinal)) is { } near
            ? $"Did you mean '{near}'?" : "List the keys, or create one of that name.";
    }

    private string PathOf(string name) => Name().IsMatch(name)
        ? Path.Combine(directory, name + Ending)
        : throw new NodeException("key.name", $"'{Settings.YamlTree.Shown(name)}' is no name of a key.",
            "Use 1 to 64 small letters, digits and dashes, beginning with a letter or digit.");

    private static bool IsKey(ReadOnlySpan<byte> secret)
    {
        try
        {
            using var key = EvmKey.From(secret);
            return true;
        }
        catch (ChainException)
        {
            return false;
        }
    }

    private static NodeException Exists(string name) =>
        new("key.exists", $"There is a key '{name}' already.", "Choose another name; a key is never overwritten.");

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,63}\z")]
    private static partial Regex Name();
}

/// <param name="Address">As the file says; only opening the key proves it.</param>
public sealed record KeyEntry(string Name, Address Address);
