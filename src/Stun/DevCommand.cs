namespace Stun;

internal static class DevCommand
{
    public static Task<int> RunAsync(string[] arguments) => Task.FromResult(arguments.Length);
}
