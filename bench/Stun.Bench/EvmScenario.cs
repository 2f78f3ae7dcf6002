using System.Globalization;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Abi;
using Stun.Chain.Evm.Transactions;

namespace Stun.Bench;

/// <summary>What it costs to make and to read what a chain of the EVM is sent: calls, transactions, logs.</summary>
internal static class EvmScenario
{
    private const int Count = 20_000;
    private const int MovesSize = 250 * 64;

    public static bool Run(Report report)
    {
        using var key = EvmKey.From([.. Enumerable.Repeat((byte)0x46, 32)]);
        var post = AbiSignature.Parse("post((uint64,bytes32,uint32,bytes32),bytes)");
        var moves = new AbiValue.Bytes(ValueList.Create<byte>(new byte[MovesSize]));
        var root = new AbiValue.Bytes(ValueList.Create<byte>(new byte[Digest.Size]));
        ValueList<AbiValue> values =
            [new AbiValue.List([new AbiValue.Number(7), root, new AbiValue.Number(250), root]), moves];
        var call = post.EncodeCall(values);
        var transfer = new AbiWriter(2 * AbiWriter.WordSize, [0xa9, 0x05, 0x9c, 0xbb]);
        transfer.Account(key.Address);
        transfer.Number(UInt256.MaxValue);
        var small = Transaction(transfer.ToArray()).SignedBy(key).Encode();
        var large = Transaction(call).SignedBy(key).Encode();
        var moved = new AbiEvent(AbiSignature.Parse("Transfer(address,address,uint256)"), [true, true, false]);
        var log = new AbiLog(key.Address, [moved.Signature.Topic, default, default], new byte[Digest.Size]);

        report.Begin("Encodings of the EVM, one core", "what", "bytes", "µs (CPU)", "per s");
        Time(report, "encode a call with values of run time", call.Length, () => post.EncodeCall(values));
        Time(report, "read it again", call.Length, () => post.DecodeCall(call));
        Time(report, "sign and encode a transfer", small.Length, () =>
            Transaction(transfer.ToArray()).SignedBy(key).Encode());
        Time(report, "sign and encode a settlement", large.Length, () => Transaction(call).SignedBy(key).Encode());
        Time(report, "read a transfer and who signed it", small.Length, () => SignedEvmTransaction.Decode(small));
        Time(report, "read an event", log.Data.Length, () => moved.TryDecode(log));
        return SignedEvmTransaction.Decode(large).Sender == key.Address;
    }

    private static EvmTransaction.WithTip Transaction(byte[] data) => new(
        1, 9, 1_000_000_000, 40_000_000_000, 90_000, new Address(1, 2, 3), 0ul, ValueList.Create<byte>(data), []);

    private static void Time(Report report, string what, int bytes, Func<object?> act)
    {
        for (var turn = 0; turn < Count / 4; turn++) act();
        var start = ThreadClock.Nanoseconds();
        for (var turn = 0; turn < Count; turn++) act();
        var each = (ThreadClock.Nanoseconds() - start) / 1e3 / Count;
        report.Row(what, Text(bytes, "n0"), Text(each, "f2"), Text(1e6 / each, "n0"));
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
