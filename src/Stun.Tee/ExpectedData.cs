using System.Security.Cryptography;
using Stun.Tee.Checks;
using Stun.Tee.Reading;

namespace Stun.Tee;

/// <summary>What the report data must be: nothing that is asked, certain bytes, or the answer to a challenge.</summary>
public abstract record ExpectedData
{
    private ExpectedData()
    {
    }

    public sealed record Anything : ExpectedData;

    /// <summary>These bytes, and zeros up to the size of the field.</summary>
    public sealed record Exactly(ReadOnlyMemory<byte> Bytes) : ExpectedData;

    public sealed record AnswerTo(Challenge Challenge) : ExpectedData;

    internal void Check(CheckList checks, ReadOnlyMemory<byte> found)
    {
        if (this is Anything)
        {
            checks.NotAsked(CheckBook.Binding, "Nothing was said of the report data, so this may be an old answer.");
            return;
        }
        var expected = this switch
        {
            Exactly exactly => exactly.Bytes.ToArray(),
            AnswerTo answer when found.Length == SHA256.HashSizeInBytes => answer.Challenge.ShortReportData(),
            AnswerTo answer => answer.Challenge.ReportData(),
            _ => [],
        };
        var fits = expected.Length <= found.Length && found.Span.StartsWith(expected)
            && Bits.IsZero(found.Span[expected.Length..]);
        checks.Require(CheckBook.Binding, fits, "The report data are those that were asked for.",
            "The report data are not those of the nonce and the key: it answers somebody else, or an older question.");
    }
}
