using System.Diagnostics;
using System.Globalization;
using Stun.Chain.Evm;
using Stun.Execution.Images;
using Stun.Node.Configuration;
using Stun.Node.Money;
using Stun.Node.Operator;
using Stun.Protocol;

namespace Stun.Commands;

/// <summary>The demo in which a contract asks: from its request to its callback and the refund.</summary>
internal static class DemoOperator
{
    private const string Program = "math/bc";

    private static readonly TimeSpan AnsweredWithin = TimeSpan.FromSeconds(60);

    /// <summary>More than it costs, so that there is something to give back.</summary>
    private static readonly Amount Fee = new(30_000_000_000_000_000), Payment = new(40_000_000_000_000_000);

    /// <summary>What contracts can ask of a network of this machine.</summary>
    public static OperatorSettings Settings => new()
    {
        Fees = new FeeSettings(FeeKind.Listed, new Amount(1_000)),
        Containers = !OurImages.IsBuilt(OurImages.Base) ? [] :
        [
            new ContainerSettings(Program, ImageDigest.Text(OurImages.DigestOf(OurImages.Base)),
                ["/bin/sh", "-c", "bc -l"], new Amount(2_000), Duration.Seconds(1), "redundant", 500, 64, 16, Fee),
        ],
    };

    public static async Task TellAsync(LocalOperator asking, Action<string> part, CancellationToken cancel)
    {
        Screen.Line($"A network is up, and on its chain an operator's contract at {asking.Contract}.");
        Screen.Line($"A contract that knows nothing of the network, {asking.Consumer}, asks it:");
        Screen.Line("");
        const string question = "scale=50; 16*a(1/5)-4*a(1/239)";
        var before = await asking.BalanceAsync(asking.User, cancel).ConfigureAwait(false);
        var request = await asking.AskAsync(
            Program, question + "\n", "", "uint256", "1000000000000000000", Payment, cancel).ConfigureAwait(false);
        Screen.Line($"  service     {Program}, a container; data: {question}");
        Screen.Line("  multiplier  10^18, as uint256: contracts know no fractions");
        Screen.Line($"  pays        {CoinText.Write(Payment)} of its user {asking.User}");
        Screen.Line($"  request     0x{request}");
        part("request");
        var answer = await AnswerAsync(asking, request, cancel).ConfigureAwait(false);
        part("answer");
        if (answer.Length != UInt256.Size)
            throw new CommandException("demo.failed",
                $"The contract was called back with {System.Text.Encoding.UTF8.GetString(answer)}.",
                "Look at 'stun doctor'.", Exits.TaskFailed);
        Screen.Line("");
        Screen.Line("Two providers ran it and agreed; the contract was called back with");
        Screen.Line($"  {UInt256.Read(answer).ToString()} (pi, times 10^18)");
        var spent = before - await asking.BalanceAsync(asking.User, cancel).ConfigureAwait(false);
        if (spent != (UInt256)Fee)
            throw new CommandException("demo.unrefunded",
                string.Create(CultureInfo.InvariantCulture, $"The user has spent {spent}, and the fee is {Fee}."),
                "Report it: this is to be impossible.", Exits.TaskFailed);
        Screen.Line($"In the same transaction {CoinText.Write(Payment - Fee)} came back: it cost "
            + $"{CoinText.Write(Fee)}.");
        part("refund");
    }

    private static async Task<byte[]> AnswerAsync(LocalOperator asking, Digest request, CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < AnsweredWithin)
        {
            var answer = await asking.AnswerAsync(request, cancel).ConfigureAwait(false);
            if (answer.Length > 0) return answer;
            await Task.Delay(20, cancel).ConfigureAwait(false);
        }
        throw new CommandException("demo.slow", $"No answer came within {AnsweredWithin.TotalSeconds:0} s.",
            "Look at 'stun doctor', and try again when the machine has less to do.");
    }
}
