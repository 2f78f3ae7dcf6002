namespace Stun.Node.Doors.OpenAi;

/// <summary>The one change that a door makes to a question: a stream is to end with its usage.</summary>
internal static class QuestionBody
{
    /// <summary>Where the model's name stands afterwards does not change unless the option stood before it.</summary>
    public static (byte[] Body, Range ModelAt) AskForUsage(ReadOnlySpan<byte> body, in Question question)
    {
        var options = question.StreamOptions;
        var value = body[options];
        // Never twice in one object: some back ends refuse that.
        if (!question.UsageAt.Equals(default(Range)))
            return Replace(body, question.UsageAt, "true"u8, question.ModelAt);
        if (value.Length < 2 || value[0] != '{')
        {
            var cut = value.Length == 0 ? question.End..question.End : options;
            ReadOnlySpan<byte> put = value.Length == 0
                ? ""","stream_options":{"include_usage":true}"""u8 : """{"include_usage":true}"""u8;
            return Replace(body, cut, put, question.ModelAt);
        }
        var inside = value[1..^1].Trim(" \t\r\n"u8);
        var end = options.End.Value - 1;
        return Replace(body, end..end,
            inside.Length == 0 ? "\"include_usage\":true"u8 : ",\"include_usage\":true"u8, question.ModelAt);
    }

    private static (byte[] Body, Range ModelAt) Replace(
        ReadOnlySpan<byte> body, Range cut, ReadOnlySpan<byte> put, Range modelAt)
    {
        var (start, length) = cut.GetOffsetAndLength(body.Length);
        var changed = new byte[body.Length - length + put.Length];
        body[..start].CopyTo(changed);
        put.CopyTo(changed.AsSpan(start));
        body[(start + length)..].CopyTo(changed.AsSpan(start + put.Length));
        var shift = modelAt.Start.Value > start ? put.Length - length : 0;
        return (changed, (modelAt.Start.Value + shift)..(modelAt.End.Value + shift));
    }
}
