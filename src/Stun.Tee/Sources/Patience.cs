namespace Stun.Tee.Sources;

/// <summary>
/// Asks the kernel again where it says that it is busy: another machine's question is before ours, or a signal came in
/// between. Bounded, for a host may be busy for ever.
/// </summary>
internal static class Patience
{
    /// <summary>With the waits below six seconds in all: SEV-SNP lets a guest ask about once in two.</summary>
    public const int AttemptsMax = 8;

    private const int Interrupted = 4;
    private const int TryAgain = 11;
    private const int Busy = 16;
    private const int TimedOut = 110;

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);

    public static bool IsPassing(int error) => error is Interrupted or TryAgain or Busy or TimedOut;

    /// <summary>What the framework says of a file that the kernel refused: the number, where it has no own word for
    /// it.</summary>
    public static bool IsPassing(IOException failure) => IsPassing(failure.HResult);

    /// <param name="attempt">From 0.</param>
    public static Task WaitAsync(int attempt, CancellationToken cancel) =>
        Task.Delay(First * Math.Pow(2, Math.Min(attempt, 5)), cancel);
}
