using System.Reflection;
using System.Text.Json;

namespace Stun.Chain.Evm.Contracts;

/// <summary>The code of our contracts, as their compiler made it: a resource beside the bindings.</summary>
public static class ContractCode
{
    /// <param name="assembly">Which holds the bindings, and with them the artifact.</param>
    /// <param name="name">Of the contract.</param>
    public static byte[] Load(Assembly assembly, string name)
    {
        using var artifact = Open(assembly, name);
        return Bytes(artifact, "bytecode");
    }

    /// <summary>Keccak-256 of the code as it stands on a chain, with zeroes for what its constructor is told.</summary>
    public static Digest DeployedHash(Assembly assembly, string name)
    {
        using var artifact = Open(assembly, name);
        return Digest.Read(Bytes(artifact, "deployedBytecodeHash"));
    }

    private static JsonDocument Open(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream($"evm/{name}.json")
            ?? throw new ChainException("contract.code-missing", $"This build holds no code of the contract {name}.",
                "Build with contracts/artifacts/evm in place.");
        return JsonDocument.Parse(stream);
    }

    private static byte[] Bytes(JsonDocument artifact, string part)
    {
        var digits = artifact.RootElement.GetProperty(part).GetString()!;
        return Convert.FromHexString(digits.StartsWith("0x", StringComparison.Ordinal) ? digits.AsSpan(2) : digits);
    }
}
