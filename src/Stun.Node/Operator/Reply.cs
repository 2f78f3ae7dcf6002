using Stun.Chain.Evm;

namespace Stun.Node.Operator;

/// <summary>What the chain is told.</summary>
/// <param name="Refund">Of the payment, to whoever the request names.</param>
/// <param name="Refusal">The code of a refusal, whose reason is the result; null for an answer.</param>
public sealed record Reply(ValueList<byte> Result, UInt256 Refund, string? Refusal)
{
    /// <summary>As contracts know it, space and all; what is ours comes behind.</summary>
    public static Reply Refused(RequestRefusedException refused, UInt256 payment)
    {
        if (refused.Code == FeeTooSmall)
            return new Reply(ValueList.Create("{\"error\": \"fee too small\"}"u8), payment, FeeTooSmall);
        var text = $"{{\"error\": {Quoted(refused.Message)}, \"code\": {Quoted(refused.Code)}}}";
        return new Reply(ValueList.Create<byte>(System.Text.Encoding.UTF8.GetBytes(text)), payment, refused.Code);
    }

    public const string FeeTooSmall = "operator.fee-too-small";

    private static string Quoted(string text) =>
        Results.JsonText.Of(System.Text.Json.Nodes.JsonValue.Create(text));
}
