namespace Stun;

/// <summary>What the process says when it ends. A task's own program may say something else: see <c>stun
/// run</c>.</summary>
internal static class Exits
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int Usage = 2;

    /// <summary>The task failed, or a policy refused it: the command itself did its work.</summary>
    public const int TaskFailed = 3;

    public const int Stopped = 130;
}
