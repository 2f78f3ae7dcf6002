using System.Text;
using System.Text.Json.Nodes;
using Stun.Node;
using Stun.Node.Keys;

namespace Stun.Tests.EncryptedKeys;

/// <summary>scrypt, the files of wallets, and the directory that holds them.</summary>
public sealed class KeystoreTests : IDisposable
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string Secret = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";

    private static readonly ScryptCost Cheap = new(2, 1, 1);

    private readonly string folder = Directory.CreateTempSubdirectory("stun-keys-").FullName;

    private Keystore Store => new(Path.Combine(folder, "keys"), Cheap);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("", "", 16, 1, 1, "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
        + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906")]
    [InlineData("password", "NaCl", 1024, 8, 16, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
        + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640")]
    [InlineData("pleaseletmein", "SodiumChloride", 16384, 8, 1,
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
        + "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887")]
    public void Scrypt_makes_the_vectors_of_its_standard(string password, string salt, int n, int r, int p, string made)
    {
        var bytes = new byte[64];
        Scrypt.Derive(Encoding.ASCII.GetBytes(password), Encoding.ASCII.GetBytes(salt), new ScryptCost(n, r, p), bytes);
        Assert.Equal(made, Convert.ToHexStringLower(bytes));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Files_of_other_implementations_are_opened(int index)
    {
        var vector = JsonNode.Parse(File.ReadAllText(
            Repository.PathOf("tests/Stun.Tests/EncryptedKeys/vectors.json")))!.AsArray()[index]!;
        using var password = Password.From((string)vector["password"]!);
        var file = Encoding.UTF8.GetBytes(vector["file"]!.ToJsonString());
        Assert.Equal((string)vector["secret"]!, Convert.ToHexStringLower(EncryptedKey.Decrypt(file, password, "f")));
    }

    [Fact]
    public void A_counter_that_is_full_goes_on_at_zero()
    {
        var (key, full) = (new byte[16], Enumerable.Repeat((byte)255, 16).ToArray());
        var stream = EncryptedKey.Counter(key, full, new byte[32]);
        Assert.Equal(stream[16..], EncryptedKey.Counter(key, new byte[16], new byte[16]));
        Assert.NotEqual(stream[..16], stream[16..]);
    }

    [Fact]
    public void A_key_is_made_listed_opened_exported_and_removed()
    {
        using var password = Password.From("wörter und mehr");
        Assert.Empty(Store.List());
        var address = Store.Create("node", password);
        Assert.Equal([new KeyEntry("node", address)], Store.List());
        using (var key = Store.Open("node", password)) Assert.Equal(address, key.Address);
        Span<char> hex = stackalloc char[64];
        Store.ExportHex("node", password, hex);
        Assert.Equal(address, Store.Import("copy", hex, password));
        Assert.Equal(address, Store.ImportFile("file", Store.Export("node"), password));
        Assert.NotEqual(Store.Export("node"), Store.Export("copy"));
        Store.Remove("node", password);
        Assert.Equal(["copy", "file"], Store.List().Select(entry => entry.Name));
        Assert.Equal("key.unknown", Failure(() => Store.Open("node", password)).Code);
    }

    [Fact]
    public void Files_and_directory_are_closed_to_others_and_no_draft_is_left()
    {
        using var password = Password.From("p");
        Store.Create("node", password);
        var keys = Path.Combine(folder, "keys");
        Assert.Equal(OwnerFile | UnixFileMode.UserExecute, File.GetUnixFileMode(keys));
        var file = Assert.Single(Directory.GetFiles(keys));
        Assert.Equal(OwnerFile, File.GetUnixFileMode(file));
        foreach (var mode in new[] { UnixFileMode.GroupRead, UnixFileMode.OtherRead, UnixFileMode.OtherWrite })
        {
            File.SetUnixFileMode(file, OwnerFile | mode);
            var failure = Failure(() => Store.Open("node", password));
            Assert.Equal("key.file-mode", failure.Code);
            Assert.Contains("chmod 600", failure.Cure, StringComparison.Ordinal);
        }
        File.SetUnixFileMode(file, OwnerFile);
        File.SetUnixFileMode(keys, OwnerFile | UnixFileMode.UserExecute | UnixFileMode.GroupExecute);
        Assert.Equal("key.file-mode", Failure(() => Store.Create("other", password)).Code);
    }

    [Fact]
    public void A_key_is_never_overwritten_not_even_by_two_at_once()
    {
        using var password = Password.From("p");
        var first = Store.Import("node", Secret, password);
        Assert.Equal("key.exists", Failure(() => Store.Create("node", password)).Code);
        Assert.Equal([new KeyEntry("node", first)], Store.List());
        var path = Path.Combine(folder, "race");
        var won = Enumerable.Range(0, 16).AsParallel().WithDegreeOfParallelism(8)
            .Count(number => KeyFiles.TryCreate(path, [(byte)number]));
        Assert.Equal(1, won);
        Assert.Single(Directory.GetFiles(folder));
    }

    [Fact]
    public void A_wrong_password_a_damaged_file_and_an_unknown_name_are_told_apart()
    {
        using var password = Password.From("right");
        using var wrong = Password.From("wrong");
        Store.Import("node", Secret, password);
        Assert.Equal("key.password", Failure(() => Store.Open("node", wrong)).Code);
        Assert.Equal("key.password", Failure(() => Store.Remove("node", wrong)).Code);
        Assert.Contains("Did you mean 'node'?", Failure(() => Store.Open("nod", password)).Message,
            StringComparison.Ordinal);
        Assert.Equal("key.name", Failure(() => Store.Open("../node", password)).Code);
        Assert.Equal("key.name", Failure(() => Store.Create("", password)).Code);
        var good = Encoding.UTF8.GetString(Store.Export("node"));
        (string Code, string File)[] bad =
        [
            ("key.damaged", good[..^5]),
            ("key.damaged", ""),
            ("key.damaged", "[]"),
            ("key.damaged", good.Replace("ciphertext", "other")),
            ("key.damaged", good.Replace("\"dklen\":32", "\"dklen\":16")),
            ("key.damaged", good.Replace("2c7536e3", "2c7536e4")),
            ("key.format", good.Replace("\"version\":3", "\"version\":1")),
            ("key.format", good.Replace("aes-128-ctr", "aes-128-cbc")),
            ("key.format", good.Replace("\"scrypt\"", "\"argon2\"")),
            ("key.cost", good.Replace("\"n\":2", "\"n\":3")),
            ("key.cost", good.Replace("\"n\":2", "\"n\":1073741824")),
            ("key.cost", good.Replace("\"r\":1", "\"r\":0")),
            ("key.damaged", good.Replace("\"n\":2", "\"n\":99999999999")),
            ("key.damaged", new string('x', 17 << 10)),
        ];
        var path = Path.Combine(folder, "keys", "node.json");
        foreach (var (code, file) in bad)
        {
            Assert.NotEqual(good, file);
            File.WriteAllText(path, file);
            Assert.Equal(code, Failure(() => Store.Open("node", password)).Code);
        }
    }

    [Fact]
    public void Rubbish_in_a_key_file_is_refused_by_a_code_and_opens_nothing()
    {
        using var password = Password.From("right");
        Store.Import("node", Secret, password);
        var good = Store.Export("node");
        var random = new Random(8);
        var refused = 0;
        for (var round = 0; round < 3_000; round++)
        {
            var bytes = (byte[])good.Clone();
            for (var change = random.Next(1, 4); change > 0; change--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                Assert.Equal(Secret, Convert.ToHexStringLower(EncryptedKey.Decrypt(bytes, password, "f")));
            }
            catch (NodeException failure)
            {
                refused++;
                Assert.StartsWith("key.", failure.Code, StringComparison.Ordinal);
            }
        }
        Assert.InRange(refused, 2_000, 3_000);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f36231g")]
    [InlineData("4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f36231800")]
    public void What_is_no_key_is_not_imported_and_not_repeated(string hex)
    {
        using var password = Password.From("p");
        var failure = Failure(() => Store.Import("node", hex, password));
        Assert.Equal("key.hex", failure.Code);
        if (hex.Length > 2) Assert.DoesNotContain(hex, failure.ToString(), StringComparison.Ordinal);
        Assert.Empty(Store.List());
    }

    [Fact]
    public void A_password_comes_from_a_file_that_only_its_owner_reads()
    {
        var path = Path.Combine(folder, "password");
        Assert.Equal("key.password-file", Failure(() => Password.FromFile(path)).Code);
        File.WriteAllText(path, "first line\r\nsecond\n");
        File.SetUnixFileMode(path, OwnerFile);
        using var password = Password.FromFile(path);
        Assert.Equal("first line", Encoding.UTF8.GetString(password.Bytes));
        File.SetUnixFileMode(path, OwnerFile | UnixFileMode.OtherRead);
        Assert.Equal("key.file-mode", Failure(() => Password.FromFile(path)).Code);
        File.WriteAllText(path, "\nx");
        File.SetUnixFileMode(path, OwnerFile);
        Assert.Equal("key.password-empty", Failure(() => Password.FromFile(path)).Code);
        Assert.Equal("key.password-missing", Failure(() => Password.FromEnvironment("STUN_TEST_NOT_SET")).Code);
        Assert.Equal("key.password-empty", Failure(() => Password.From("")).Code);
    }

    private static NodeException Failure(Action action) => Assert.Throws<NodeException>(action);
}
