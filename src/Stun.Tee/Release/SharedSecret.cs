namespace Stun.Tee.Release;

/// <summary>
/// What both sides of an exchange have before it (psk and psk_id of RFC 9180): only who has it can seal, and it opens
/// nothing else.
/// </summary>
public sealed record SharedSecret
{
    /// <summary>The standard asks for as much entropy; what is shorter could be guessed.</summary>
    public const int KeySizeMin = 32;

    public SharedSecret(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> id)
    {
        if (key.Length < KeySizeMin || id.Length == 0)
            throw new KeyReleaseException("release.shared",
                $"A shared secret has {KeySizeMin} bytes or more, and a name.");
        (Key, Id) = (key, id);
    }

    public ReadOnlyMemory<byte> Key { get; }

    /// <summary>Which secret it is. No secret itself.</summary>
    public ReadOnlyMemory<byte> Id { get; }
}
