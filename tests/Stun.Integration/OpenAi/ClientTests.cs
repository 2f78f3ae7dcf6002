using System.ClientModel;
using System.Diagnostics;
using OpenAI;
using OpenAI.Chat;
using Stun.Execution.Tools;

namespace Stun.Integration.OpenAi;

/// <summary>The official clients, as they are, against a live node.</summary>
public sealed class ClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData("models", "chat", "stream", "usage", "tools", "format", "text", "vectors")]
    [InlineData("responses", "calls")]
    [InlineData("errors", "breaks")]
    public async Task The_client_for_javascript_gets_what_it_expects(params string[] checks)
    {
        await using var scene = await ModelScene.StartAsync();
        await RunAsync(scene, checks);
    }

    [Fact]
    public async Task The_client_for_net_gets_what_it_expects()
    {
        await using var scene = await ModelScene.StartAsync();
        var options = new OpenAIClientOptions { Endpoint = new Uri(scene.Node.Http.BaseAddress!, "v1") };
        var client = new OpenAIClient(new ApiKeyCredential(scene.Key), options);
        var models = await client.GetOpenAIModelClient().GetModelsAsync();
        Assert.Contains(models.Value, model => model.Id == "acme/llama-8b");

        var chat = client.GetChatClient("acme/llama-8b");
        var answer = (await chat.CompleteChatAsync(new UserChatMessage("Grüezi"))).Value;
        Assert.Equal("You said: Grüezi", answer.Content[0].Text);
        Assert.Equal((10, 20), (answer.Usage.InputTokenCount, answer.Usage.OutputTokenCount));

        var text = "";
        await foreach (var update in chat.CompleteChatStreamingAsync(new UserChatMessage("Grüezi")))
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
        Assert.Equal("Grüezi mitenand", text);

        var tool = ChatTool.CreateFunctionTool("weather", "The weather.", BinaryData.FromString("{}"));
        var called = (await chat.CompleteChatAsync(
            [new UserChatMessage("Weather?")], new ChatCompletionOptions { Tools = { tool } })).Value;
        Assert.Equal(ChatFinishReason.ToolCalls, called.FinishReason);
        Assert.Equal("weather", called.ToolCalls[0].FunctionName);

        var vectors = (await client.GetEmbeddingClient("plain").GenerateEmbeddingsAsync(["a", "b"])).Value;
        Assert.Equal([0.5f, 1f], vectors[1].ToFloats().ToArray());

        var refused = await Assert.ThrowsAsync<ClientResultException>(
            () => client.GetChatClient("none").CompleteChatAsync(new UserChatMessage("x")));
        Assert.Equal(404, refused.Status);
        Assert.Contains("model_not_found", refused.Message, StringComparison.Ordinal);
    }

    internal static async Task RunAsync(ModelScene scene, params string[] checks)
    {
        var folder = Path.Combine(WorkingCopy.Root, "tests", "Stun.Integration", "OpenAi", "client");
        Assert.SkipUnless(
            Tool.Find("node") is not null && Directory.Exists(Path.Combine(folder, "node_modules", "openai")),
            "node or the client is not installed: see eng/prerequisites.");
        var start = new ProcessStartInfo(Tool.Find("node")!, ["live.mjs", .. checks])
        {
            WorkingDirectory = folder,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["STUN_NODE"] = $"{scene.Node.Http.BaseAddress}";
        start.Environment["STUN_API_KEY"] = scene.Key;
        using var node = Process.Start(start)!;
        using var within = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        within.CancelAfter(Patience);
        try
        {
            var told = Task.WhenAll(
                node.StandardOutput.ReadToEndAsync(within.Token), node.StandardError.ReadToEndAsync(within.Token));
            await node.WaitForExitAsync(within.Token);
            var said = await told;
            Assert.True(node.ExitCode == 0, string.Join('\n', said));
            Assert.Equal(checks, said[0].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[3..]));
        }
        finally
        {
            if (!node.HasExited) node.Kill(entireProcessTree: true);
        }
    }
}
