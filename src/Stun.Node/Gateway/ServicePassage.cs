namespace Stun.Node.Gateway;

/// <summary>
/// What of a call passes through to a replica, and what of its answer comes back. A replica is a stranger's machine: of
/// what it says only that is passed on which is known to speak of the answer, and not of this node.
/// </summary>
internal static class ServicePassage
{
    /// <summary>Of one connection, or between the caller and this node alone.</summary>
    private static readonly HashSet<string> Kept = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Authorization", "Cookie", "Connection", "Keep-Alive", "Proxy-Authorization", "Proxy-Connection",
        "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Expect", "Content-Length",
    };

    private static readonly HashSet<string> Answered = new(StringComparer.OrdinalIgnoreCase)
    {
        "Content-Type", "Content-Encoding", "Content-Language", "Content-Disposition", "Content-Range",
        "Content-Location", "Content-MD5", "Content-Digest", "ETag", "Cache-Control", "Last-Modified", "Location",
        "Retry-After", "Vary",
    };

    /// <summary>These are read by browsers, or by a server that stands before this one.</summary>
    private static readonly string[] NotOwn =
    [
        "X-Content-Type-Options", "X-Frame-", "X-XSS-", "X-Accel-", "X-Sendfile", "X-LIGHTTPD-", "X-Forwarded-",
        "X-Permitted-", "X-DNS-",
    ];

    public static bool IsOfRequest(string header) => !Kept.Contains(header) && !header.StartsWith(':');

    public static bool IsOfAnswer(string header) => Answered.Contains(header)
        || (header.StartsWith("X-", StringComparison.OrdinalIgnoreCase)
            && !NotOwn.Any(begin => header.StartsWith(begin, StringComparison.OrdinalIgnoreCase)));

    /// <summary>
    /// The path at the service as the caller has spelled it: in <c>a%2523b</c>, <c>a%3Fb</c> and <c>a%23b</c> what is
    /// escaped is part of a name, and unescaped it would mean something else.
    /// </summary>
    /// <param name="raw">The target of the request line.</param>
    /// <param name="path">The path as it was read, for targets that are spelled in an unusual way.</param>
    public static string TargetOf(string raw, string service, string path)
    {
        var target = raw.Split('?', 2)[0];
        var authority = target.IndexOf("://", StringComparison.Ordinal);
        if (authority > 0)
        {
            var slash = target.IndexOf('/', authority + 3);
            target = slash < 0 ? "/" : target[slash..];
        }
        var parts = target.Split('/', 6);
        var isUsual = parts.Length >= 5 && parts[0].Length == 0
            && parts[1].Equals("v1", StringComparison.OrdinalIgnoreCase)
            && parts[2].Equals("services", StringComparison.OrdinalIgnoreCase)
            && parts[3].Equals(service, StringComparison.OrdinalIgnoreCase)
            && parts[4].Equals("http", StringComparison.OrdinalIgnoreCase);
        if (isUsual && parts.Length == 5) return "/";
        if (isUsual && parts[5].All(sign => sign is > ' ' and <= '~' and not '#') && !HasDots(parts[5]))
            return "/" + parts[5];
        return "/" + string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
    }

    /// <summary>Such a path was shortened when it was read.</summary>
    private static bool HasDots(string path) => path.Split('/').Any(part =>
        part.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase) is "." or "..");
}
