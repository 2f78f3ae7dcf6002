using Stun.Integration.Chains;
using Stun.Integration.Containers;
using Stun.Integration.Resilience;
using Stun.Integration.Storage;
using Xunit.Runner.InProc.SystemConsole;

// The tests, or one of the processes that they start and kill.
if (await NodeVictim.RunIfAskedAsync() is { } code) return code;
if (await SenderVictim.RunIfAskedAsync() || await ChainOwner.RunIfAskedAsync()) return 0;
return await Victim.RunIfAskedAsync() || await StorageVictim.RunIfAskedAsync() ? 0 : await ConsoleRunner.Run(args);
