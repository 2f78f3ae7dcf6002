using Stun;

return await CommandTree.RunAsync(args).ConfigureAwait(false);
