using System.CommandLine;
using System.Security.Cryptography;
using Stun.Node.Keys;

namespace Stun.Commands;

/// <summary><c>stun key</c>: the keystore of this user, encrypted, in the form that wallets import.</summary>
internal static class KeyCommands
{
    private const string PasswordVariable = "STUN_KEY_PASSWORD";
    private const int HexDigits = 64;

    private static readonly Argument<string> Name = new("NAME") { Description = "What you call the key." };

    internal static readonly Option<string?> PasswordFile = new("--password-file")
    {
        Description = $"A file whose first line opens the key; else {PasswordVariable}, else it is asked for.",
        HelpName = "FILE",
    };

    internal static Keystore Store => new(DataHome.In("keys"));

    public static Command Make() => Shared.Group("key", "Keys: make, list, import, export, remove.",
        Create(), List(), Import(), Export(), Remove());

    internal static Password PasswordOf(ParseResult parsed, bool isNew)
    {
        if (parsed.GetValue(PasswordFile) is { } file) return Password.FromFile(Path.GetFullPath(file));
        if (Environment.GetEnvironmentVariable(PasswordVariable) is { Length: > 0 })
            return Password.FromEnvironment(PasswordVariable);
        var first = Screen.AskSecret("Password: ");
        if (isNew && Screen.IsWatched && Screen.AskSecret("Once more: ") != first)
            throw CommandException.Usage("The two are not the same.", "Try again.");
        return Password.From(first);
    }

    private static Command Create() =>
        Shared.Local("create", "Makes a key.", [Name, PasswordFile, Shared.Json], (parsed, _) =>
    {
        DataHome.Make();
        using var password = PasswordOf(parsed, isNew: true);
        return Told(parsed, Store.Create(parsed.GetValue(Name)!, password).ToString());
    }, "stun key create provider --password-file secret");

    private static Command List() => Shared.Local("list", "The keys of this user.", [Shared.Json], (parsed, _) =>
    {
        var keys = Store.List();
        if (Shared.IsJson(parsed))
            Screen.Write(new { Keys = keys.Select(key => new { key.Name, Address = key.Address.ToString() }) });
        else
            Screen.Table(["NAME", "ADDRESS"], keys.Select(key => (string[])[key.Name, key.Address.ToString()]));
        return Task.FromResult(Exits.Ok);
    }, "stun key list");

    private static Command Import()
    {
        var file = new Argument<string>("FILE")
        {
            Description = "64 hexadecimal digits, or a wallet's encrypted file; - reads the input.",
        };
        return Shared.Local("import", "Takes a key in.", [Name, file, PasswordFile, Shared.Json], (parsed, _) =>
        {
            DataHome.Make();
            var path = parsed.GetValue(file)!;
            var text = path == "-" ? Screen.ReadInput() : File.ReadAllText(path);
            var isWallet = text.TrimStart().StartsWith('{');
            using var password = PasswordOf(parsed, isNew: !isWallet);
            var name = parsed.GetValue(Name)!;
            return Told(parsed, (isWallet
                ? Store.ImportFile(name, System.Text.Encoding.UTF8.GetBytes(text), password)
                : Store.Import(name, text.AsSpan().Trim(), password)).ToString());
        }, "stun key import wallet UTC--2026.json", "stun key import raw - < key.hex");
    }

    private static Command Export()
    {
        var plain =
            new Option<bool>("--plain") { Description = "The key itself, unencrypted: whoever sees it has it." };
        return Shared.Local("export", "Prints a key as an encrypted file that wallets import.",
            [Name, plain, PasswordFile],
            (parsed, _) =>
            {
                var name = parsed.GetValue(Name)!;
                if (!parsed.GetValue(plain))
                {
                    Screen.Line(System.Text.Encoding.UTF8.GetString(Store.Export(name)));
                    return Task.FromResult(Exits.Ok);
                }
                using var password = PasswordOf(parsed, isNew: false);
                var digits = new char[HexDigits];
                Store.ExportHex(name, password, digits);
                Screen.Line(new string(digits));
                CryptographicOperations
                    .ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(digits.AsSpan()));
                return Task.FromResult(Exits.Ok);
            }, "stun key export provider > provider.json");
    }

    private static Command Remove() => Shared.Local("remove", "Removes a key for good; its password must open it.",
        [Name, PasswordFile, Shared.Json], (parsed, _) =>
        {
            using var password = PasswordOf(parsed, isNew: false);
            var name = parsed.GetValue(Name)!;
            Store.Remove(name, password);
            if (Shared.IsJson(parsed)) Screen.Write(new { Removed = name });
            else Screen.Line($"The key {name} is gone.");
            return Task.FromResult(Exits.Ok);
        }, "stun key remove provider");

    private static Task<int> Told(ParseResult parsed, string address)
    {
        if (Shared.IsJson(parsed)) Screen.Write(new { Name = parsed.GetValue(Name), Address = address });
        else Screen.Line(address);
        return Task.FromResult(Exits.Ok);
    }
}
