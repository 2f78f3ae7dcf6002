using Stun.Integration.Containers;
using Xunit.Runner.InProc.SystemConsole;

// The tests, or one of the processes that they start and kill.
return await Victim.RunIfAskedAsync() ? 0 : await ConsoleRunner.Run(args);
