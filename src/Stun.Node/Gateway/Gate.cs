using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Stun.Node.Gateway;

/// <summary>What every request passes before its endpoint: how often, who, and whether they may.</summary>
internal sealed class Gate(Doorkeeper doorkeeper, DoorSettings settings, RefusalWatch watch, TimeProvider clock)
{
    private readonly RateLimits<string> perKey = new(settings.PerKey, clock);
    private readonly RateLimits<IPAddress> perAddress = new(settings.PerAddress, clock);

    public RequestDelegate Wrap(ApiRoute route) => context => EnterAsync(route, context);

    private Task EnterAsync(ApiRoute route, HttpContext context)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (route.Form is { } form) context.Features.Set(form);
        if (route.Right == Right.None)
        {
            Charge(context);
            return route.Handler(new ApiCall(context, null));
        }
        var who = Who(route, context);
        var wait = perKey.Take(who.KeyId, out var left);
        var headers = context.Response.Headers;
        headers["RateLimit-Limit"] = perKey.Limit;
        headers["RateLimit-Remaining"] = perKey.Text(left);
        headers["RateLimit-Reset"] = left == 0 ? "1" : "0";
        if (wait > TimeSpan.Zero) throw Limited(wait);
        if ((who.Rights & route.Right) == 0)
            throw new ApiException("auth.forbidden",
                $"This needs the right {RoleTable.NameOf(route.Right)}; the key has the role "
                + $"{who.Role.ToString().ToLowerInvariant()}"
                + (RoleTable.Of(who.Role).HasFlag(route.Right) ? ", and scopes that leave it out." : "."));
        if (route.TakesBytes && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = settings.BlobBytesMax;
        return route.Handler(new ApiCall(context, who));
    }

    private ApiPrincipal Who(ApiRoute route, HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.Length == 0 && route.TakesSubprotocol) header = SubprotocolKey(context);
        if (header.Length == 0)
        {
            Charge(context);
            throw new ApiException("auth.missing", "There is no Authorization header.");
        }
        // Guessing stops to be looked up before it is answered; others behind the same address, whose keys are good,
        // do not suffer from it.
        var wait = perAddress.Look(AddressOf(context));
        var key = KeyOf(route, header);
        if (wait > TimeSpan.Zero && !doorkeeper.IsRemembered(key)) throw Limited(wait);
        if (doorkeeper.Find(key) is { } who) return who;
        watch.Refused(AddressOf(context));
        Charge(context);
        throw new ApiException("auth.refused", "The key is not known here.");
    }

    /// <summary>As a header would have it; empty where there is none.</summary>
    private static string SubprotocolKey(HttpContext context)
    {
        const string bearer = "Bearer ";
        foreach (var protocol in context.WebSockets.WebSocketRequestedProtocols)
            if (protocol.StartsWith(EventRoutes.KeyProtocol, StringComparison.Ordinal))
                return bearer + protocol[EventRoutes.KeyProtocol.Length..];
        return "";
    }

    /// <summary>Empty where there is none.</summary>
    private static ReadOnlySpan<char> KeyOf(ApiRoute route, string header)
    {
        const string bearer = "Bearer ", basic = "Basic ";
        if (header.StartsWith(bearer, StringComparison.OrdinalIgnoreCase)) return header.AsSpan(bearer.Length);
        if (!route.TakesPassword || !header.StartsWith(basic, StringComparison.OrdinalIgnoreCase)) return "";
        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[basic.Length..].Trim(), bytes, out var count)) return "";
        var pair = Encoding.UTF8.GetString(bytes, 0, count);
        return pair.AsSpan(pair.IndexOf(':') + 1);
    }

    private void Charge(HttpContext context)
    {
        var wait = perAddress.Take(AddressOf(context), out _);
        if (wait > TimeSpan.Zero) throw Limited(wait);
    }

    private static IPAddress AddressOf(HttpContext context) => context.Connection.RemoteIpAddress ?? IPAddress.None;

    private static ApiException Limited(TimeSpan wait) =>
        new("rate.limited", $"Wait {Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds))} s.") { RetryAfter = wait };
}
