using Stun.Simulation;

// The simulated network from the command line: ./stun sim ...
return Commands.Run(args);
