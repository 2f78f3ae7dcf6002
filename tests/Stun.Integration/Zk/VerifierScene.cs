using System.Numerics;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;
using Stun.Integration.Chains;
using Stun.Zk.Circuits.Tasks;

namespace Stun.Integration.Zk;

/// <summary>A contract of ours on a chain of its own.</summary>
internal sealed class VerifierScene : IAsyncDisposable
{
    private readonly ChainScene chain;
    private readonly TransactionSender sender;
    private readonly CompiledContract contract;
    private readonly Address address;

    private VerifierScene(ChainScene chain, TransactionSender sender, CompiledContract contract, Address address)
    {
        this.chain = chain;
        this.sender = sender;
        this.contract = contract;
        this.address = address;
    }

    public int DeployedSize => contract.DeployedSize;

    public static async Task<VerifierScene> StartAsync(string name, string source)
    {
        Assert.SkipUnless(SolidityCompiler.IsPossible, "solc is not installed: run npm ci in contracts/evm.");
        var contract = await SolidityCompiler.CompileAsync(name, source);
        var chain = await ChainScene.StartAsync();
        var sender = await chain.SenderAsync(ChainScene.Key(0));
        var receipt = await sender.SendAsync(new TransactionRequest(null, contract.Code));
        Assert.True(receipt.Succeeded);
        return new VerifierScene(chain, sender, contract, receipt.ContractAddress!.Value);
    }

    public Task<byte[]> CallAsync(string signature, params byte[][] words) =>
        chain.Rpc.CallAsync(new CallRequest(address, contract.Call(signature, words)));

    public async Task<bool> AskAsync(string signature, params byte[][] words)
    {
        var answer = await CallAsync(signature, words);
        Assert.Equal(32, answer.Length);
        Assert.All(answer[..31], value => Assert.Equal(0, value));
        return answer[31] switch { 0 => false, 1 => true, _ => throw new InvalidOperationException("No bool.") };
    }

    public Task<bool> VerifiesAsync(TaskBinding binding, byte[] proof) =>
        AskAsync("verify(bytes16,bytes32,bytes32,address,bytes)", VerifyWords(binding, proof));

    /// <summary>What the question costs another contract that asks it.</summary>
    public async Task<ulong> GasOfVerifyAsync(TaskBinding binding, byte[] proof)
    {
        const string Source = """
            // SPDX-License-Identifier: Apache-2.0
            pragma solidity 0.8.30;
            contract Meter {
                function measure(address at, bytes calldata data) external view returns (uint256 gas) {
                    uint256 before = gasleft();
                    (bool done, bytes memory answer) = at.staticcall(data);
                    gas = before - gasleft();
                    require(done && abi.decode(answer, (bool)));
                }
            }
            """;
        var meter = await SolidityCompiler.CompileAsync("Meter", Source);
        var receipt = await sender.SendAsync(new TransactionRequest(null, meter.Code));
        var data = contract.Call("verify(bytes16,bytes32,bytes32,address,bytes)", VerifyWords(binding, proof));
        var at = new byte[32];
        address.Write(at.AsSpan(12));
        var answer = await chain.Rpc.CallAsync(new CallRequest(receipt.ContractAddress!.Value, meter.Call(
            "measure(address,bytes)", [at, ContractTests.Word(0x40), .. ContractTests.Dynamic(data)])));
        return (ulong)new BigInteger(answer, true, true);
    }

    public async ValueTask DisposeAsync()
    {
        await sender.DisposeAsync();
        await chain.DisposeAsync();
    }

    private static byte[][] VerifyWords(TaskBinding binding, byte[] proof) =>
    [
        [.. binding.Task.Span, .. new byte[16]], binding.Spec.ToArray(), binding.Result.ToArray(),
        [.. new byte[12], .. binding.Provider.Span], ContractTests.Word(0xA0), .. ContractTests.Dynamic(proof),
    ];
}
