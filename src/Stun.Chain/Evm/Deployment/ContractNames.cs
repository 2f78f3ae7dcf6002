namespace Stun.Chain.Evm.Deployment;

/// <summary>The contracts of a network, as its address book calls them.</summary>
public static class ContractNames
{
    public const string Token = "StunToken";
    public const string Timelock = "StunTimelock";
    public const string Governor = "StunGovernor";
    public const string Guardian = "Guardian";
    public const string Staking = "Staking";
    public const string Escrow = "Escrow";
    public const string Court = "Court";
    public const string TaskEscrow = "TaskEscrow";
    public const string ProviderRegistry = "ProviderRegistry";
    public const string ModelRegistry = "ModelRegistry";
    public const string Reputation = "Reputation";
    public const string Channel = "Channel";
}
