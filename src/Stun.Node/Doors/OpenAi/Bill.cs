using Stun.Node.Serving;

namespace Stun.Node.Doors.OpenAi;

/// <summary>What went in and came out, as this door has counted it itself.</summary>
internal readonly record struct AnswerSize(long BytesIn, long BytesOut, long Pieces);

/// <summary>
/// What an answer costs. The back end's word for its tokens is the word of whoever is paid for them: it is believed as
/// far as the question and the answer bear it out. A token is a byte at least, and nobody owes for more than was
/// asked for.
/// </summary>
internal readonly record struct Bill(TokenUsage Usage, Amount Price)
{
    /// <returns>Null where it is more than any account can hold.</returns>
    public static Bill? TryOf(TokenUsage? told, in Question question, AnswerSize size, TokenPrices prices)
    {
        var usage = told ?? TokenUsage.Counted(
            size.BytesIn, size.Pieces > 0 ? 0 : size.BytesOut, size.Pieces);
        var bounded = usage.Within(size.BytesIn, question.OutMax ?? size.BytesOut);
        var price = bounded.PriceBy(prices);
        return price > Limits.MoneyMax ? null : new Bill(bounded, price);
    }
}
