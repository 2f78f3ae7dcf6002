using System.Text;

namespace Stun.Integration.Commands;

/// <summary>Makes blocks on a chain of this machine as if others used it, some twenty a second.</summary>
internal sealed class BlockMaker : IAsyncDisposable
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource stop = new();
    private readonly Task making;

    public BlockMaker(Uri chain) => making = Task.Run(() => MakeAsync(chain));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await making;
        stop.Dispose();
    }

    private async Task MakeAsync(Uri chain)
    {
        using var http = new HttpClient();
        while (!stop.IsCancellationRequested)
        {
            using var call = new StringContent(
                """{"jsonrpc":"2.0","id":1,"method":"evm_mine","params":[]}""", Encoding.UTF8, "application/json");
            (await http.PostAsync(chain, call)).EnsureSuccessStatusCode();
            await Task.Delay(Between);
        }
    }
}
