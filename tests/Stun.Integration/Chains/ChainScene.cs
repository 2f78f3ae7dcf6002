using System.Reflection;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;

namespace Stun.Integration.Chains;

/// <summary>A chain of its own for one test, somebody who asks it, and the hand that moves it.</summary>
internal sealed class ChainScene : IAsyncDisposable
{
    /// <summary>The keys that every anvil has money for: known to all the world.</summary>
    private static readonly string[] Keys =
    [
        "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
        "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
        "5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
    ];

    private ChainScene(LocalChain chain, EvmRpc rpc, EvmNetwork network)
    {
        Chain = chain;
        Rpc = rpc;
        Network = network;
        Hand = new ChainHand(chain.Http);
    }

    public LocalChain Chain { get; }
    public EvmRpc Rpc { get; }
    public EvmNetwork Network { get; }
    public ChainHand Hand { get; }

    public static bool IsPossible => LocalChain.FindProgram() is not null;

    public static async Task<ChainScene> StartAsync(
        LocalChainOptions? options = null, Func<EvmRpcOptions, EvmRpcOptions>? with = null)
    {
        Assert.SkipUnless(IsPossible, "anvil is not installed: run npm ci in contracts/evm.");
        options ??= new LocalChainOptions();
        var chain = await LocalChain.StartAsync(options);
        var asked = new EvmRpcOptions(options.ChainId, [chain.Http]);
        return new ChainScene(chain, new EvmRpc(with?.Invoke(asked) ?? asked), EvmNetwork.LocalOf(options.ChainId));
    }

    public static EvmKey Key(int index) => EvmKey.From(Convert.FromHexString(Keys[index]));

    public static byte[] Code(string name)
    {
        using var stream = Assembly.GetExecutingAssembly()
            .GetManifestResourceStream($"Stun.Integration.Chains.Contracts.{name}.hex")!;
        using var reader = new StreamReader(stream);
        return Convert.FromHexString(reader.ReadToEnd().ReplaceLineEndings(""));
    }

    public Task<TransactionSender> SenderAsync(
        EvmKey key, TransactionSenderOptions? options = null, ISendingJournal? journal = null) =>
        TransactionSender.OpenAsync(Rpc, key, Network, journal ?? new MemorySendingJournal(), options ?? new()
        {
            ReplaceAfter = TimeSpan.FromMilliseconds(200),
            ResendAfter = TimeSpan.FromMilliseconds(300),
            PollInterval = TimeSpan.FromMilliseconds(30),
        });

    /// <summary>Puts the notebook on the chain.</summary>
    public async Task<Address> NotebookAsync(TransactionSender sender)
    {
        var receipt = await sender.SendAsync(new TransactionRequest(null, (byte[])[.. Code("Notebook"), .. Word(7)]));
        Assert.True(receipt.Succeeded);
        return receipt.ContractAddress!.Value;
    }

    public static byte[] Word(ulong value)
    {
        var word = new byte[32];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(word.AsSpan(24), value);
        return word;
    }

    public static byte[] Note(ulong number) => [0x52, 0x84, 0xa2, 0x45, .. Word(number)];

    public static byte[] NoteMany(ulong first, ulong count) =>
        [0x46, 0x6a, 0xc1, 0x4e, .. Word(first), .. Word(count)];

    public static readonly byte[] Last = [0x47, 0x79, 0x9d, 0xa8];
    public static readonly byte[] Refuse = [0x62, 0xc6, 0x9b, 0x80];

    public static byte[] RefuseByName(ulong number) => [0xf1, 0x01, 0x11, 0x3b, .. Word(number)];

    public static ulong Number(EvmLog log) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(log.Data.Span[24..]);

    /// <summary>Looks again until it holds; a chain has no bell.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds, string what, int seconds = 20)
    {
        var limit = DateTime.UtcNow.AddSeconds(seconds);
        while (!await holds())
        {
            Assert.True(DateTime.UtcNow < limit, $"It did not come to pass: {what}.");
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Rpc.DisposeAsync();
        Hand.Dispose();
        await Chain.DisposeAsync();
    }
}
