using System.Diagnostics;
using Stun.Chain.Evm.Rpc;
using Stun.Integration.Money;

namespace Stun.Bench.Chains;

/// <summary>One way of settling, run once.</summary>
internal sealed record SettlementLap(int TaskCount, double Seconds, double Gas, CpuTimes Cpu)
{
    /// <summary>Until every task is settled in the book; as long as the whole without a book.</summary>
    public double InBook { get; init; } = Seconds;

    /// <summary>Of the processor time: making orders, and standing in for the scheduler.</summary>
    public double CallerCpu { get; init; }

    public double PerSecond => TaskCount / Seconds;

    public double GasPerTask => Gas / TaskCount;
}

/// <summary>What passes between two moments: time, processor time, gas of all blocks.</summary>
internal sealed class SettlementMeter
{
    private readonly MinedChain chain;
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly CpuTimes before;
    private readonly ulong firstBlock;

    private SettlementMeter(MinedChain chain, ulong firstBlock)
    {
        this.chain = chain;
        this.firstBlock = firstBlock;
        before = CpuTimes.Read(chain.ProcessId);
    }

    public double Seconds => clock.Elapsed.TotalSeconds;

    public static async Task<SettlementMeter> StartAsync(MinedChain chain) =>
        new(chain, await chain.Rpc.GetBlockNumberAsync() + 1);

    public async Task<SettlementLap> StopAsync(int taskCount)
    {
        var (seconds, cpu) = (Seconds, CpuTimes.Read(chain.ProcessId) - before);
        var last = await chain.Rpc.GetBlockNumberAsync();
        double gas = 0;
        for (var block = firstBlock; block <= last; block++)
            gas += (await chain.Rpc.GetBlockAsync(BlockTag.At(block)))!.GasUsed;
        return new SettlementLap(taskCount, seconds, gas, cpu);
    }
}
