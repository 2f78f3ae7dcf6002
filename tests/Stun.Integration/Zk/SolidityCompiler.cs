using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Stun.Integration.Zk;

/// <summary>What the compiler of the contracts makes of a source, with the settings of the contracts.</summary>
internal sealed record CompiledContract(byte[] Code, int DeployedSize, IReadOnlyDictionary<string, byte[]> Selectors)
{
    /// <summary>A call: the selector, then its words.</summary>
    public byte[] Call(string signature, params byte[][] words) =>
        [.. Selectors[signature], .. words.SelectMany(word => word)];
}

/// <summary>The Solidity compiler among the packages of contracts/evm.</summary>
internal static class SolidityCompiler
{
    private static string Tool => Path.Combine(WorkingCopy.Root, "contracts/evm/tools/solc");

    public static bool IsPossible =>
        Directory.Exists(Path.Combine(WorkingCopy.Root, "contracts/evm/node_modules/solc"))
        && Execution.Tools.Tool.Find("node") is not null;

    public static async Task<CompiledContract> CompileAsync(string name, string source)
    {
        var asked = new JsonObject
        {
            ["language"] = "Solidity",
            ["sources"] = new JsonObject { ["Made.sol"] = new JsonObject { ["content"] = source } },
            ["settings"] = new JsonObject
            {
                ["optimizer"] = new JsonObject { ["enabled"] = true, ["runs"] = 2000 },
                ["evmVersion"] = "cancun",
                ["metadata"] = new JsonObject { ["bytecodeHash"] = "none", ["appendCBOR"] = false },
                ["outputSelection"] = new JsonObject
                {
                    ["*"] = new JsonObject
                    {
                        ["*"] = new JsonArray("evm.bytecode.object", "evm.deployedBytecode.object",
                            "evm.methodIdentifiers"),
                    },
                },
            },
        };
        using var answer = JsonDocument.Parse(await RunAsync(asked.ToJsonString()));
        if (answer.RootElement.TryGetProperty("errors", out var errors))
            Assert.Fail(string.Join('\n', errors.EnumerateArray()
                .Select(error => error.GetProperty("formattedMessage").GetString())));
        var evm = answer.RootElement.GetProperty("contracts").GetProperty("Made.sol").GetProperty(name)
            .GetProperty("evm");
        return new CompiledContract(
            Convert.FromHexString(evm.GetProperty("bytecode").GetProperty("object").GetString()!),
            evm.GetProperty("deployedBytecode").GetProperty("object").GetString()!.Length / 2,
            evm.GetProperty("methodIdentifiers").EnumerateObject().ToDictionary(
                method => method.Name, method => Convert.FromHexString(method.Value.GetString()!)));
    }

    private static async Task<string> RunAsync(string asked)
    {
        using var process = Process.Start(new ProcessStartInfo(Execution.Tools.Tool.Find("node")!,
            [Tool, "--standard-json"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        await process.StandardInput.WriteAsync(asked);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return await output;
    }
}
