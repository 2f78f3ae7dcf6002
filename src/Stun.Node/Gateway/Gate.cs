using System.Net;
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
        var who = Who(context);
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

    private ApiPrincipal Who(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        const string bearer = "Bearer ";
        if (header.Length == 0)
        {
            Charge(context);
            throw new ApiException("auth.missing", "There is no Authorization header.");
        }
        // Guessing stops to be looked up before it is answered.
        var wait = perAddress.Look(AddressOf(context));
        if (wait > TimeSpan.Zero && !IsRemembered(header)) throw Limited(wait);
        var key = header.StartsWith(bearer, StringComparison.OrdinalIgnoreCase) ? header.AsSpan(bearer.Length) : "";
        if (doorkeeper.Find(key) is { } who) return who;
        watch.Refused(AddressOf(context));
        Charge(context);
        throw new ApiException("auth.refused", "The key is not known here.");
    }

    /// <summary>Others behind the same address, whose keys are good, do not suffer from one who guesses.</summary>
    private bool IsRemembered(string header) =>
        header.Length > 7 && doorkeeper.IsRemembered(header.AsSpan(7));

    private void Charge(HttpContext context)
    {
        var wait = perAddress.Take(AddressOf(context), out _);
        if (wait > TimeSpan.Zero) throw Limited(wait);
    }

    private static IPAddress AddressOf(HttpContext context) => context.Connection.RemoteIpAddress ?? IPAddress.None;

    private static ApiException Limited(TimeSpan wait) =>
        new("rate.limited", $"Wait {Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds))} s.") { RetryAfter = wait };
}
