using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Stun.Integration.Sdk;

/// <summary>A program that makes an SDK's calls, asked by lines of JSON: see sdk/conformance/README.md.</summary>
internal sealed class SdkDriver(SdkProgram program) : IAsyncDisposable
{
    private readonly Process process = program.Start();

    public async Task<JsonObject> AskAsync(string call, JsonNode? given)
    {
        using var within = SdkProgram.Within();
        var asked = new JsonObject { ["call"] = call, ["with"] = given?.DeepClone() ?? new JsonObject() };
        // What a driver reads is UTF-8 on every machine; escaped it is ASCII anyway.
        var line = Encoding.UTF8.GetBytes(asked.ToJsonString() + "\n");
        await process.StandardInput.BaseStream.WriteAsync(line, within.Token);
        await process.StandardInput.BaseStream.FlushAsync(within.Token);
        var answer = await process.StandardOutput.ReadLineAsync(within.Token);
        if (answer is null)
            Assert.Fail($"The driver has ended: {await process.StandardError.ReadToEndAsync(within.Token)}");
        return JsonNode.Parse(answer)!.AsObject();
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        using var within = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await process.WaitForExitAsync(within.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }
        process.Dispose();
    }
}
