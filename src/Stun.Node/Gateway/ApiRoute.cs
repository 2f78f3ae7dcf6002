using Microsoft.AspNetCore.Http;

namespace Stun.Node.Gateway;

/// <summary>
/// One endpoint: what maps it is also what describes it, so that the document and the program cannot differ.
/// </summary>
public sealed record ApiRoute(string Method, string Path, string Name, string Summary, Func<ApiCall, Task> Handler)
{
    /// <summary>What the caller must be allowed to; none where anybody may call.</summary>
    public Right Right { get; init; }

    public IReadOnlyList<ApiParameter> Parameters { get; init; } = [];

    /// <summary>A record that is read from JSON.</summary>
    public Type? Body { get; init; }

    /// <summary>The body is bytes.</summary>
    public bool TakesBytes { get; init; }

    public IReadOnlyList<ApiAnswer> Answers { get; init; } = [];

    /// <summary>Codes of its own, beside those that every endpoint may answer with.</summary>
    public IReadOnlyList<string> Refusals { get; init; } = [];

    /// <summary>Its answers may be longer or later than a document's.</summary>
    public bool IsStream { get; init; }

    /// <summary>The key may also come as the password of basic authentication: some standards' clients know no other
    /// way.</summary>
    public bool TakesPassword { get; init; }

    /// <summary>The key may also come as a subprotocol, for pages: a browser's WebSocket sends no header of theirs. It
    /// is no cookie that a browser would add by itself, so a foreign page gains nothing by opening one.</summary>
    public bool TakesSubprotocol { get; init; }

    /// <summary>How it refuses, where somebody else's standard says how; such a route is described by that standard
    /// and not by our document.</summary>
    public IRefusalForm? Form { get; init; }
}

/// <param name="In">path, query or header.</param>
/// <param name="Kind">string, integer or boolean.</param>
public sealed record ApiParameter(string Name, string In, string Kind, string Meaning)
{
    public static ApiParameter Path(string name, string meaning) => new(name, "path", "string", meaning);

    public static ApiParameter Query(string name, string kind, string meaning) => new(name, "query", kind, meaning);

    public static ApiParameter Header(string name, string kind, string meaning) => new(name, "header", kind, meaning);
}

/// <param name="Body">Null where there is none, or where it is bytes of this media type.</param>
public sealed record ApiAnswer(int Status, string Meaning, Type? Body = null, string? MediaType = null)
{
    public static ApiAnswer Of<T>(int status, string meaning) => new(status, meaning, typeof(T), "application/json");
}

/// <summary>How a door tells what is refused. The status and the headers are set already.</summary>
public interface IRefusalForm
{
    Task WriteAsync(HttpContext context, ErrorEntry entry, ApiException refused);
}
