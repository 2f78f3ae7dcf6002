using System.Security.Cryptography;
using Stun.Chain.Evm;

namespace Stun.Node.Transport;

/// <summary>A role that lives in the hub's process.</summary>
/// <param name="Key">
/// Null where the process holds no key for it (an escrow that is a contract): only a peer that was told this hub's
/// identity believes that the role is here.
/// </param>
public sealed record LocalRole(Address Address, EvmKey? Key)
{
    public static LocalRole Of(EvmKey key) => new(key.Address, key);
}

/// <summary>What both sides of a link have derived: nobody else knows it, and it is forgotten with the link.</summary>
internal sealed record LinkKeys(byte[] HubToPeer, byte[] PeerToHub, string Token);

/// <summary>
/// The handshake, without sockets. Signed Diffie-Hellman with the identities in the signatures (STS, ISO 9798-3):
/// <code>
/// hub  ── challenge: network, hub, nonce, ephemeral ─────────────────────► peer
/// hub ◄── hello: network, role, nonce, ephemeral, epoch, resume, signed ── peer
/// hub  ── welcome: session, resumed, local roles, signed ────────────────► peer
/// </code>
/// Each signature is over the keccak of all that was said before. The keys come from HKDF over the shared secret, with
/// the digest of the whole as salt: whoever changed a byte has no key.
/// </summary>
internal static class Handshake
{
    private const int KeySize = 32;

    public static Digest HelloDigest(ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> hello) =>
        Joined("stun hello 1\n"u8, challenge, [], hello);

    public static Digest WelcomeDigest(
        ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> signedHello, ReadOnlySpan<byte> welcome) =>
        Joined("stun welcome 1\n"u8, challenge, signedHello, welcome);

    /// <summary>What a local role signs: that it lives behind this welcome.</summary>
    public static Digest LocalDigest(Digest welcome)
    {
        Span<byte> data = stackalloc byte[13 + Digest.Size];
        "stun local 1\n"u8.CopyTo(data);
        welcome.Write(data[13..]);
        return Keccak256.Hash(data);
    }

    /// <summary>
    /// The token is derived too: what is never sent cannot be read on the way.
    /// </summary>
    public static LinkKeys Derive(ECDiffieHellman own, ReadOnlySpan<byte> point, Digest welcome)
    {
        var secret = Agree(own, point);
        Span<byte> salt = stackalloc byte[Digest.Size];
        Span<byte> keys = stackalloc byte[3 * KeySize];
        try
        {
            welcome.Write(salt);
            HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, keys, salt, "stun link keys 1"u8);
            return new LinkKeys(
                keys[..KeySize].ToArray(), keys[KeySize..(2 * KeySize)].ToArray(),
                System.Buffers.Text.Base64Url.EncodeToString(keys[(2 * KeySize)..]));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(keys);
        }
    }

    public static ECDiffieHellman NewEphemeral() => ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

    public static byte[] PointOf(ECDiffieHellman key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return [.. point.X!, .. point.Y!];
    }

    public static Digest NewNonce()
    {
        Span<byte> bytes = stackalloc byte[Digest.Size];
        RandomNumberGenerator.Fill(bytes);
        return Digest.Read(bytes);
    }

    public static void RequireNetwork(Digest own, Digest theirs)
    {
        if (own == theirs) return;
        throw new TransportException(LinkCodes.NetworkMismatch,
            $"The other side is of network {Short(theirs)}; this node is of {Short(own)}.",
            "Compare the chain id and the escrow contract in both configurations.");
    }

    public static TransportException BadSignature(string what, Address expected, Address? found) =>
        new(LinkCodes.BadSignature,
            $"The {what} claims {expected} and is signed by {(found is { } signer ? signer : "nobody")}.",
            "Check the key of the other node; else somebody pretends to be it.");

    private static byte[] Agree(ECDiffieHellman own, ReadOnlySpan<byte> point)
    {
        try
        {
            using var other = ECDiffieHellman.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = point[..KeySize].ToArray(), Y = point[KeySize..].ToArray() },
            });
            using var theirs = other.PublicKey;
            return own.DeriveRawSecretAgreement(theirs);
        }
        catch (CryptographicException cause)
        {
            throw TransportException.Malformed("The ephemeral key is no point of P-256.", cause);
        }
    }

    private static Digest Joined(
        ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        Span<byte> data = stackalloc byte[16 + (3 * Digest.Size)];
        data.Clear();
        prefix.CopyTo(data);
        Keccak256.Hash(first).Write(data[16..]);
        Keccak256.Hash(second).Write(data[48..]);
        Keccak256.Hash(third).Write(data[80..]);
        return Keccak256.Hash(data);
    }

    private static string Short(Digest digest) => digest.ToString()[..12];
}

/// <summary>The hub's side: <see cref="Challenge"/>, then <see cref="ReadHello"/>, then <see cref="Answer"/>.</summary>
internal sealed class HubHandshake : IDisposable
{
    private readonly EvmKey key;
    private readonly Digest network;
    private readonly IReadOnlyList<LocalRole> locals;
    private readonly ECDiffieHellman ephemeral = Handshake.NewEphemeral();
    private byte[] signedHello = [];
    private byte[] peerPoint = [];

    public HubHandshake(EvmKey key, Digest network, IReadOnlyList<LocalRole> locals)
    {
        this.key = key;
        this.network = network;
        this.locals = locals;
        Challenge = new Challenge(
            network, key.Address, Handshake.NewNonce(), Handshake.PointOf(ephemeral)).Encode();
    }

    public byte[] Challenge { get; }

    /// <exception cref="TransportException">Not signed by its role, or of another network or version.</exception>
    public Hello ReadHello(ReadOnlySpan<byte> frame)
    {
        var signed = SignedFrame.Decode(frame);
        var hello = Hello.Decode(signed.Body);
        Handshake.RequireNetwork(network, hello.Network);
        var signer = EvmKey.Recover(Handshake.HelloDigest(Challenge, signed.Body), signed.Signature);
        if (signer != hello.Role) throw Handshake.BadSignature("hello", hello.Role, signer);
        signedHello = frame.ToArray();
        peerPoint = hello.Ephemeral;
        return hello;
    }

    /// <summary>The link's keys, which depend on the welcome, and the frame to send.</summary>
    public (LinkKeys Keys, byte[] Frame) Answer(Digest session, bool isResumed, ulong received)
    {
        var body = new Welcome(session, isResumed, received, [.. locals.Select(local => local.Address)]).Encode();
        var digest = Handshake.WelcomeDigest(Challenge, signedHello, body);
        var local = Handshake.LocalDigest(digest);
        var keys = Handshake.Derive(ephemeral, peerPoint, digest);
        var roles = locals.Select(role => role.Key?.Sign(local)).ToList();
        return (keys, new SignedFrame(body, key.Sign(digest), roles).Encode());
    }

    public void Dispose() => ephemeral.Dispose();
}

/// <summary>The peer's side: <see cref="Answer"/> to the challenge, then <see cref="Finish"/>.</summary>
/// <param name="expectedHub">Whom the operator wants to talk to; null trusts the address and its certificate.</param>
internal sealed class PeerHandshake(EvmKey key, Digest network, ulong epoch, Address? expectedHub) : IDisposable
{
    private readonly ECDiffieHellman ephemeral = Handshake.NewEphemeral();
    private byte[] challengeFrame = [];
    private byte[] signedHello = [];
    private Challenge? challenge;

    public Address Hub => challenge!.Hub;

    public byte[] Answer(ReadOnlySpan<byte> frame, ResumePoint? resume)
    {
        challenge = Challenge.Decode(frame);
        challengeFrame = frame.ToArray();
        Handshake.RequireNetwork(network, challenge.Network);
        if (expectedHub is { } expected && expected != challenge.Hub)
            throw new TransportException(LinkCodes.UnexpectedHub,
                $"The hub is {challenge.Hub}, and {expected} was expected.",
                "Correct the hub's identity in the configuration; else this is another's hub.");
        var body = new Hello(
            network, key.Address, Handshake.NewNonce(), Handshake.PointOf(ephemeral), epoch, resume).Encode();
        signedHello = new SignedFrame(body, key.Sign(Handshake.HelloDigest(challengeFrame, body)), []).Encode();
        return signedHello;
    }

    /// <exception cref="TransportException">Not the welcome of the hub that sent the challenge.</exception>
    public (LinkKeys Keys, Welcome Welcome) Finish(ReadOnlySpan<byte> frame)
    {
        var signed = SignedFrame.Decode(frame);
        var digest = Handshake.WelcomeDigest(challengeFrame, signedHello, signed.Body);
        var signer = EvmKey.Recover(digest, signed.Signature);
        if (signer != Hub) throw Handshake.BadSignature("welcome", Hub, signer);
        var welcome = Welcome.Decode(signed.Body);
        RequireProven(welcome, signed, Handshake.LocalDigest(digest));
        return (Handshake.Derive(ephemeral, challenge!.Ephemeral, digest), welcome);
    }

    /// <summary>
    /// A hub may speak for a role without the role's signature. So whoever meets a hub without knowing it wants to see
    /// that each role is really there.
    /// </summary>
    private void RequireProven(Welcome welcome, SignedFrame signed, Digest digest)
    {
        if (signed.Roles.Count != welcome.Locals.Count)
            throw TransportException.Malformed("A welcome whose roles and signatures differ in number.");
        for (var index = 0; index < welcome.Locals.Count; index++)
        {
            var role = welcome.Locals[index];
            if (role == key.Address)
                throw new TransportException(LinkCodes.AddressTaken, $"The hub says that {role} lives there.",
                    "Two processes have the same key: give each role one of its own.");
            if (signed.Roles[index] is not { } signature)
            {
                if (expectedHub is not null) continue;
                throw new TransportException(LinkCodes.UnprovenRole, $"The hub does not prove that {role} lives there.",
                    "Configure the hub's identity, if you trust it.");
            }
            var signer = EvmKey.Recover(digest, signature);
            if (signer != role) throw Handshake.BadSignature("proof of a local role", role, signer);
        }
    }

    public void Dispose() => ephemeral.Dispose();
}
