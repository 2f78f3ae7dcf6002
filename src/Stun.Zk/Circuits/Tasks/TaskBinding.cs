using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Stun.Zk.Fields;

namespace Stun.Zk.Circuits.Tasks;

/// <summary>
/// What a proof is about: one task, its specification and result, one provider. All of it enters the public digest of
/// every circuit here, so that a proof taken to another task, result or provider is refused.
/// </summary>
/// <param name="Task">16 bytes.</param>
/// <param name="Spec">32 bytes, the digest of what was asked for.</param>
/// <param name="Result">32 bytes, the digest of what came out.</param>
/// <param name="Provider">20 bytes, an address.</param>
public sealed record TaskBinding(
    ReadOnlyMemory<byte> Task, ReadOnlyMemory<byte> Spec, ReadOnlyMemory<byte> Result, ReadOnlyMemory<byte> Provider)
{
    /// <summary>Keeps this hash apart from all others over such bytes.</summary>
    public const string Domain = "stun.zk.task.v1";

    private const int ContextBits = 253;

    /// <summary>
    /// Task, specification, result and provider as one scalar: the upper 253 bits of the SHA-256 of the domain and of
    /// all four. A circuit takes it as it is; only a verifier, for whom SHA-256 is cheap, makes it.
    /// </summary>
    /// <exception cref="ArgumentException">A part has another length.</exception>
    public Fr Context
    {
        get
        {
            Require(Task, 16, nameof(Task));
            Require(Spec, 32, nameof(Spec));
            Require(Result, 32, nameof(Result));
            Require(Provider, 20, nameof(Provider));
            byte[] message =
            [
                .. Encoding.ASCII.GetBytes(Domain), .. Task.Span, .. Spec.Span, .. Result.Span,
                .. Provider.Span,
            ];
            var number = new BigInteger(SHA256.HashData(message), true, true);
            return Fr.FromBigInteger(number >> (8 * SHA256.HashSizeInBytes - ContextBits));
        }
    }

    /// <summary>The provider's address as a number.</summary>
    public Fr ProviderScalar
    {
        get
        {
            Require(Provider, 20, nameof(Provider));
            return Fr.FromBigInteger(new BigInteger(Provider.Span, true, true));
        }
    }

    /// <summary>Everything that the verifier is to see, as its one public value.</summary>
    /// <param name="words">What the circuit shows beside task and provider, at most 14.</param>
    public Fr DigestWith(params ReadOnlySpan<Fr> words) => PublicDigest.Of([Context, ProviderScalar, .. words]);

    private static void Require(ReadOnlyMemory<byte> part, int length, string name)
    {
        if (part.Length != length)
            throw new ArgumentException($"{name} of a binding has {length} bytes, not {part.Length}.", name);
    }
}

/// <summary>The two wires of a binding, which a circuit passes to its public digest.</summary>
internal sealed record BoundSignals(Signal Context, Signal Provider)
{
    private const string ContextName = "context";
    private const string ProviderName = "provider";

    public static BoundSignals Take(CircuitBuilder builder) =>
        new(builder.Private(ContextName), builder.Private(ProviderName));

    public static Assignment Assign(TaskBinding binding) =>
        new Assignment().Set(ContextName, binding.Context).Set(ProviderName, binding.ProviderScalar);

    public void Expose(CircuitBuilder builder, params ReadOnlySpan<Signal> words) =>
        PublicDigest.Expose(builder, [Context, Provider, .. words]);
}
