using System.CommandLine;
using Stun.Calls;
using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Rpc;
using Stun.Node.Money;
using Stun.Node.Operator;
using Stun.Protocol;
using OperatorContract = Stun.Chain.Evm.Contracts.Operator;

namespace Stun.Commands;

/// <summary><c>stun operator show</c>: what the file of a federation says, beside what the chain says.</summary>
internal static class FederationShow
{
    /// <param name="Name">Null where the file has no such node.</param>
    /// <param name="Gas">What its key has of the chain's own coin: each answer costs some.</param>
    /// <param name="Share">What it has earned in quorums and has not taken yet.</param>
    private sealed record Line(string? Name, Address Address, bool IsAdmitted, Amount Gas, UInt256 Share);

    public static Command Make(Argument<string> file) => Shared.Local("show",
        "Compares the file of a federation with the chain; ends with 1 where they differ.",
        [file, ChainPlace.Endpoints, Shared.Json], (parsed, cancel) => ShowAsync(parsed, file, cancel),
        "stun operator show federation.json --rpc URL", "stun operator show federation.json");

    /// <summary>What a command has done.</summary>
    public static int Tell(ParseResult parsed, Federation federation, string file, ulong transactions)
    {
        if (Shared.IsJson(parsed))
        {
            Screen.Write(new
            {
                federation.Network.ChainId,
                Transactions = transactions,
                File = file,
                Contract = $"{federation.Contract}",
                Token = $"{federation.Token}",
                federation.Block,
                Nodes = federation.Nodes.Select(node => new { node.Name, Address = $"{node.Address}" }),
            });
            return Exits.Ok;
        }
        Screen.Table(["NODE", "ADDRESS"],
            federation.Nodes.Select(node => (string[])[node.Name, $"{node.Address}"]));
        Screen.Line($"The contract is {federation.Contract}, its federation's file {file}.");
        Screen.Line(transactions == 0 ? "Everything is there already: nothing was changed on the chain."
            : $"Sent: {transactions}. Give the file to everybody whose node is in it.");
        return Exits.Ok;
    }

    private static async Task<int> ShowAsync(ParseResult parsed, Argument<string> file, CancellationToken cancel)
    {
        var federation = Federation.Load(Path.GetFullPath(parsed.GetValue(file)!));
        var rpc = Open(parsed, federation);
        await using (rpc.ConfigureAwait(false))
        {
            try
            {
                var standing = await ContractStanding.ReadAsync(rpc, federation.Contract, cancel)
                    .ConfigureAwait(false);
                var lines = await Task.WhenAll(federation.Nodes.Select(node => ((string?)node.Name, node.Address))
                    .Concat(standing.Senders.Except(federation.Nodes.Select(node => node.Address))
                        .Select(sender => ((string?)null, sender)))
                    .Select(each => LineAsync(rpc, federation, standing, each, cancel))).ConfigureAwait(false);
                var differences = DifferencesOf(federation, standing, lines);
                Show(parsed, federation, standing, lines, differences);
                return differences.Count == 0 ? Exits.Ok : Exits.Failed;
            }
            catch (ChainException failure)
            {
                throw WalletRefusal.Of(failure);
            }
        }
    }

    /// <summary>Endpoints of the asker's own, else those of the file.</summary>
    private static EvmRpc Open(ParseResult parsed, Federation federation) =>
        parsed.GetValue(ChainPlace.Endpoints) is null or [] && federation.Endpoints.Count > 0
            ? new EvmRpc(new EvmRpcOptions(
                federation.Network.ChainId, [.. federation.Endpoints.Select(each => new Uri(each))]))
            : ChainCommands.Open(parsed, federation.Network.ChainId);

    private static async Task<Line> LineAsync(EvmRpc rpc, Federation federation, ContractStanding standing,
        (string? Name, Address Address) node, CancellationToken cancel)
    {
        var gas = await rpc.GetBalanceAsync(node.Address, default, cancel).ConfigureAwait(false);
        UInt256 share = standing.IsOurs ? OperatorContract.Answers.Shares(await rpc.CallAsync(
            new CallRequest(federation.Contract, OperatorContract.Calls.Shares(node.Address)), default, cancel)
            .ConfigureAwait(false)) : 0UL;
        return new Line(node.Name, node.Address, standing.Senders.Contains(node.Address), gas, share);
    }

    private static List<string> DifferencesOf(
        Federation federation, ContractStanding standing, IReadOnlyList<Line> lines)
    {
        if (!standing.HasCode) return [$"There is no contract at {federation.Contract}."];
        List<string> differences = [];
        if (!standing.IsOurs)
            differences.Add(
                $"The code at {federation.Contract} is not that of an operator's contract of this version.");
        if (standing.Token != federation.Token)
            differences.Add($"The contract takes {standing.Token}, and the file says {federation.Token}.");
        foreach (var line in lines)
            if (line.Name is null)
                differences.Add($"{line.Address} is admitted on the chain, and is not in the file.");
            else if (!line.IsAdmitted)
                differences.Add($"{line.Name}, {line.Address}, is in the file, and is not admitted on the chain.");
        return differences;
    }

    private static void Show(ParseResult parsed, Federation federation, ContractStanding standing,
        IReadOnlyList<Line> lines, List<string> differences)
    {
        if (Shared.IsJson(parsed))
        {
            Screen.Write(new
            {
                Network = federation.NetworkName,
                federation.Network.ChainId,
                Contract = $"{federation.Contract}",
                Owner = $"{standing.Owner}",
                Token = $"{federation.Token}",
                Nodes = lines.Select(line => new
                {
                    line.Name,
                    Address = $"{line.Address}",
                    Admitted = line.IsAdmitted,
                    Gas = $"{line.Gas}",
                    Share = $"{line.Share}",
                }),
                Differences = differences,
            });
            return;
        }
        Screen.Line($"network   {federation.NetworkName}, {federation.Network.ChainId}");
        Screen.Line($"contract  {federation.Contract}, of {standing.Owner}");
        Screen.Line($"token     {federation.Token}");
        Screen.Line("");
        Screen.Table(["NODE", "ADDRESS", "ADMITTED", "GAS", "SHARE"], lines.Select(line => (string[])
            [line.Name ?? "-", $"{line.Address}", line.IsAdmitted ? "yes" : "no", $"{line.Gas}", $"{line.Share}"]));
        Screen.Line("");
        foreach (var each in differences) Screen.Line($"DIFFERS  {each}");
        if (differences.Count == 0) Screen.Line("File and chain agree.");
    }
}
