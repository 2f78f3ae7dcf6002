using Stun.Chain.Evm.Networks;

namespace Stun.Integration.Chains;

/// <summary>This program again, as a process that owns a chain and is killed.</summary>
internal static class ChainOwner
{
    public const string Variable = "STUN_CHAIN_OWNER";

    public static async Task<bool> RunIfAskedAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 }) return false;
        await using var chain = await LocalChain.StartAsync();
        Console.WriteLine(chain.ProcessId);
        while (Console.In.ReadLine() is not null) { }
        return true;
    }
}
