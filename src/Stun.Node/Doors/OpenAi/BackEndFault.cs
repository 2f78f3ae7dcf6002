using Stun.Node.Gateway;

namespace Stun.Node.Doors.OpenAi;

/// <summary>
/// What a caller is told of a back end that did not answer. What it says itself is for the owner of this node, and may
/// quote the key: only what it says of a question goes on to whoever asked.
/// </summary>
internal static class BackEndFault
{
    /// <summary>Whether somebody else may do better.</summary>
    public static bool IsOfBackEnd(int status) =>
        status is < 200 or >= 500 or (>= 300 and < 400) or 401 or 402 or 403 or 404 or 407 or 408 or 421 or 425 or 429;

    public static ApiException Of(string by, int status, TimeSpan? retryAfter) => status switch
    {
        429 => new ApiException("model.throttled", $"{by} takes no more questions just now.")
        {
            RetryAfter = retryAfter ?? TimeSpan.FromSeconds(1),
        },
        503 or 529 => new ApiException("model.busy", $"{by} has more to do than it can.")
        {
            RetryAfter = retryAfter ?? TimeSpan.FromSeconds(1),
        },
        504 or 408 => Silent(by),
        >= 500 => Broken(by, $"failed with status {status}"),
        _ => new ApiException("model.refused", $"{by} does not take this node's questions (status {status})."),
    };

    public static ApiException Broken(string by, string how) => new("model.broken", $"{by} {how}.");

    public static ApiException Silent(string by) => new("model.silent", $"{by} did not answer in time.");
}
