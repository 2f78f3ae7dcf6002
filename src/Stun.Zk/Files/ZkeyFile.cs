namespace Stun.Zk.Files;

/// <summary>What all files of the form "zkey" share: the number of the proof system in their first section.</summary>
public static class ZkeyFile
{
    /// <summary>The number of Groth16.</summary>
    public const uint Groth16 = 1;

    /// <summary>The number of PLONK.</summary>
    public const uint Plonk = 2;

    internal const string Kind = "zkey";

    /// <summary>Which proof system a file is for.</summary>
    public static uint ProtocolOf(string path)
    {
        using var file = SectionedFile.Open(path, Kind, 1);
        return ProtocolOf(file);
    }

    /// <summary>Opens a key of one proof system; the file stays open for as long as the key lives.</summary>
    internal static T Open<T>(string path, uint protocol, Func<SectionedFile, T> read)
    {
        var file = SectionedFile.Open(path, Kind, 1);
        try
        {
            RequireProtocol(file, protocol);
            return read(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static void RequireProtocol(SectionedFile file, uint expected)
    {
        var found = ProtocolOf(file);
        if (found == expected) return;
        throw new ZkException(ZkCodes.FileKind,
            $"{file.Path} is a key for {NameOf(found)}, not for {NameOf(expected)}.");
    }

    private static uint ProtocolOf(SectionedFile file)
    {
        file.RequireLength(1, 4, "proof system");
        return file.Walk(1).TakeUInt32();
    }

    private static string NameOf(uint protocol) => protocol switch
    {
        Groth16 => "Groth16",
        Plonk => "PLONK",
        10 => "FFLONK",
        _ => $"an unknown proof system ({protocol})",
    };
}
