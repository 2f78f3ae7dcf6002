namespace Stun.Tee.Checks;

public enum CheckOutcome : byte
{
    Passed,

    /// <summary>The policy does not ask for it. Said aloud, so that nobody takes it for checked.</summary>
    NotAsked,

    Failed,
}
