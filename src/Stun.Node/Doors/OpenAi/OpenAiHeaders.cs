namespace Stun.Node.Doors.OpenAi;

/// <summary>What this door says and hears beside the specification; old clients see nothing of it.</summary>
internal static class OpenAiHeaders
{
    public const string RequestId = "x-request-id";

    /// <summary>Our code of a refusal, which never changes its meaning.</summary>
    public const string Code = "stun-code";

    public const string Provider = "stun-provider";

    /// <summary>What was charged, in the smallest unit; only where that is known before the first byte.</summary>
    public const string Price = "stun-price";

    public const string Verification = "stun-verification";

    /// <summary>The task whose receipt and verdict cover the answer.</summary>
    public const string Task = "stun-task";

    /// <summary>Asked: <c>on</c>, or <c>force</c> also where the answer is drawn by lot. Told: hit, miss or
    /// none.</summary>
    public const string Cache = "stun-cache";
}
