using System.Globalization;

namespace Stun.Node.Operator.Responders;

/// <summary>Which hosts the owner has named: <c>HOST</c>, <c>*.DOMAIN</c>, either with <c>:PORT</c>.</summary>
internal sealed class AllowedHosts
{
    private readonly List<(string Host, bool WithBelow, int? Port)> entries = [];

    public AllowedHosts(IEnumerable<string> texts)
    {
        foreach (var text in texts)
        {
            var sign = text.LastIndexOf(':');
            var port = sign < 0 ? (int?)null : int.Parse(text.AsSpan(sign + 1), CultureInfo.InvariantCulture);
            var host = (sign < 0 ? text : text[..sign]).ToLowerInvariant();
            var below = host.StartsWith("*.", StringComparison.Ordinal);
            entries.Add((below ? host[1..] : host, below, port));
        }
    }

    /// <summary>Null where the text is one of the forms.</summary>
    public static string? Fault(string text)
    {
        var sign = text.LastIndexOf(':');
        var host = sign < 0 ? text : text[..sign];
        if (sign >= 0 && !ushort.TryParse(text.AsSpan(sign + 1), NumberStyles.None, CultureInfo.InvariantCulture,
            out _)) return "the port is none";
        var name = host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host;
        return Uri.CheckHostName(name) is UriHostNameType.Dns or UriHostNameType.IPv4 ? null : "the host is none";
    }

    /// <exception cref="RequestRefusedException"><c>operator.http-host</c></exception>
    public void Require(Uri url)
    {
        if (url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0)
            throw Refused(url, "only http and https are spoken, and without names and passwords");
        var host = url.IdnHost.ToLowerInvariant();
        foreach (var entry in entries)
        {
            var isHost = entry.WithBelow
                ? host.EndsWith(entry.Host, StringComparison.Ordinal) && host.Length > entry.Host.Length
                : host == entry.Host;
            if (isHost && (entry.Port is { } port ? url.Port == port : url.IsDefaultPort)) return;
        }
        throw Refused(url, "this node's owner has not named this host and port");
    }

    private static RequestRefusedException Refused(Uri url, string why) => new("operator.http-host",
        $"{Sentence.Short(url.GetLeftPart(UriPartial.Authority))} is not asked: {why}.");
}
