using System.Security.Cryptography;

namespace Stun.Tee.Release;

/// <summary>
/// What is known of one sealed input to whoever has sealed it and to whoever has opened it, and to nobody else: it is
/// exported from the keys of the input (RFC 9180, section 5.3), and these from its task, its name and its reply key.
/// Outputs are sealed with it, so that an output is by one who has opened the input.
/// </summary>
/// <param name="Id">Which sealing of an input it is: a digest over the beginning of the sealed bytes.</param>
/// <param name="Key">Never shown.</param>
public sealed record InputSecret(ReadOnlyMemory<byte> Id, ReadOnlyMemory<byte> Key)
{
    internal const int Size = 32;

    /// <summary>A task has few inputs; what a file of state says is not believed beyond this.</summary>
    internal const int CountMax = 256;

    internal static InputSecret Of(HpkeContext keys, ReadOnlySpan<byte> head) =>
        new(SHA256.HashData(head), keys.Export("stun output secret"u8, Size));

    /// <summary>Of all inputs of a task, in an order that both sides know: who lacks one can seal no output.</summary>
    internal static SharedSecret Join(IEnumerable<InputSecret> inputs)
    {
        InputSecret[] ordered =
            [.. inputs.OrderBy(each => Convert.ToHexString(each.Id.Span), StringComparer.Ordinal)];
        if (ordered.Length == 0)
            throw new KeyReleaseException("release.no-input", "No input was sealed, so no output can be bound to one.");
        byte[] ids = [.. "stun output inputs"u8, .. ordered.SelectMany(each => each.Id.ToArray())];
        return new SharedSecret(
            ordered.SelectMany(each => each.Key.ToArray()).ToArray(), SHA256.HashData(ids));
    }

    public override string ToString() => $"input {Convert.ToHexStringLower(Id.Span)}";
}
