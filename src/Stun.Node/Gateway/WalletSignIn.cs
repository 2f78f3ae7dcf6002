using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Stun.Chain.Evm;
using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>
/// Signing in with a wallet: the node gives a text with a nonce, the wallet signs it (EIP-191 personal_sign, the text
/// after EIP-4361), and the node gives a token for some minutes. A nonce is good once.
/// </summary>
public sealed class WalletSignIn(
    Doorkeeper doorkeeper, KeyBook? book, DoorSettings settings, NetworkTerms terms, TimeProvider clock)
{
    /// <summary>Some 500 bytes each. Who asks for more pushes out the oldest, within the rate of its address.</summary>
    private const int OpenMax = 20_000;

    private static readonly Duration ChallengeLife = Duration.Seconds(300);
    private readonly RecentTable<string, Challenge> open = new(OpenMax);

    /// <summary>What an address may that signs in and has no key of its own here.</summary>
    public Func<Address, ApiRole> RoleOf { get; init; } = _ => ApiRole.Requester;

    public int OpenCount => open.Count;

    private Instant Now => WallTime.Now(clock);

    public Challenge Open(Address address)
    {
        var (now, nonce) = (Now, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        var until = now + ChallengeLife;
        var text = string.Create(CultureInfo.InvariantCulture, $"""
            {settings.Domain} wants you to sign in with your Ethereum account:
            {address}

            This gives a token for the Stun API. It moves no money.

            URI: https://{settings.Domain}/v1
            Version: 1
            Chain ID: {terms.Domain.ChainId}
            Nonce: {nonce}
            Issued At: {WallTime.Time(now):yyyy-MM-ddTHH:mm:ssZ}
            Expiration Time: {WallTime.Time(until):yyyy-MM-ddTHH:mm:ssZ}
            """);
        var challenge = new Challenge(nonce, address, text, until);
        open.TryAdd(nonce, challenge, out _);
        return challenge;
    }

    /// <summary>The token, and until when it is good.</summary>
    public (string Token, ApiPrincipal Who, Instant Until) Answer(string nonce, Signature signature)
    {
        // Taken away before it is looked at: a second try needs a second nonce.
        if (!open.TryRemove(nonce, out var challenge) || challenge.Until <= Now)
            throw new ApiException("auth.challenge", "There is no open challenge with this nonce.");
        if (EvmKey.Recover(DigestOf(challenge.Text), signature) != challenge.Address)
            throw new ApiException("auth.refused", $"The text was not signed by {challenge.Address}.");
        if (book?.FindPrincipal(challenge.Address) is { DisabledAt: not null })
            throw new ApiException("auth.refused", "This account is disabled.");
        var until = Now + new Duration(settings.TokenLife.Ticks / TimeSpan.TicksPerMicrosecond);
        var (id, token, hash) = Doorkeeper.NewKey();
        var who = new ApiPrincipal(id, challenge.Address, RoleOf(challenge.Address));
        doorkeeper.Add(id, hash, who, until);
        return (token, who, until);
    }

    /// <summary>EIP-191, version 0x45.</summary>
    public static Digest DigestOf(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var head = Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"\u0019Ethereum Signed Message:\n{bytes.Length}"));
        return Keccak256.Hash([.. head, .. bytes]);
    }
}

public sealed record Challenge(string Nonce, Address Address, string Text, Instant Until);
