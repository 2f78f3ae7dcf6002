using Stun;

return await CommandTree.RunAsync(args);
