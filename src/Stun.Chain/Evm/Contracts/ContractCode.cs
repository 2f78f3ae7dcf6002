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
        using var stream = assembly.GetManifestResourceStream($"evm/{name}.json")
            ?? throw new ChainException("contract.code-missing", $"This build holds no code of the contract {name}.",
                "Build with contracts/artifacts/evm in place.");
        using var artifact = JsonDocument.Parse(stream);
        var digits = artifact.RootElement.GetProperty("bytecode").GetString()!;
        return Convert.FromHexString(digits.StartsWith("0x", StringComparison.Ordinal) ? digits.AsSpan(2) : digits);
    }
}
