using Microsoft.AspNetCore.Http;
using Stun.Node.Gateway;

namespace Stun.Node.Doors.Tes;

/// <summary>
/// Refusals as clients of GA4GH services read them: a status and a message, and beside them our code and cure. The
/// standard knows no 422: a task that cannot be is a bad request.
/// </summary>
internal sealed class TesRefusalForm : IRefusalForm
{
    public static TesRefusalForm Form { get; } = new();

    public Task WriteAsync(HttpContext context, ErrorEntry entry, ApiException refused)
    {
        var response = context.Response;
        if (response.StatusCode == StatusCodes.Status422UnprocessableEntity)
            response.StatusCode = StatusCodes.Status400BadRequest;
        if (response.StatusCode == StatusCodes.Status401Unauthorized)
            response.Headers.Append("WWW-Authenticate", "Basic realm=\"stun\", charset=\"UTF-8\"");
        var problem = new TesProblem(
            response.StatusCode, refused.Message, entry.Code, entry.Cure,
            refused.Faults.Count == 0 ? null : refused.Faults);
        return response.WriteAsJsonAsync(
            problem, TesJson.Default.TesProblem, cancellationToken: context.RequestAborted);
    }
}
