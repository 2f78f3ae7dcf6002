using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Stun.Node.Gateway;

namespace Stun.Integration.Doors.Tes;

/// <summary>A web server with a file, one that is too large, and one that is elsewhere.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly WebDoor door;

    private FileServer(WebDoor door) => this.door = door;

    public string Host => door.Address.Authority;

    public static async Task<FileServer> StartAsync(string content) => new(await WebDoor.OpenAsync(
        new IPEndPoint(IPAddress.Loopback, 0), new DoorSettings(),
        app =>
        {
            app.MapGet("/file", context => context.Response.WriteAsync(content));
            app.MapGet("/large", context => context.Response.WriteAsync(new string('x', 2_000)));
            app.MapGet("/away", context =>
            {
                context.Response.Redirect("http://127.0.0.2/secret");
                return Task.CompletedTask;
            });
        },
        null, CancellationToken.None));

    public ValueTask DisposeAsync() => door.DisposeAsync();
}
