namespace Stun.Tee.Release;

/// <summary>What stands between a secret and the owner of the machine that works on it.</summary>
public enum Protection : byte
{
    /// <summary>
    /// End-to-end encryption and nothing more: no one on the way reads it, and the machine's owner does.
    /// </summary>
    EndToEndOnly = 0,

    /// <summary>Hardware, as far as its maker and the list of measurements can be trusted.</summary>
    Hardware = 1,

    /// <summary>A program that does as if: for trying out.</summary>
    Pretended = 2,
}
