namespace Stun.Chain.Evm.Networks;

/// <summary>What a transaction of a chain costs.</summary>
public enum FeeModel
{
    /// <summary>Gas at the block's fee, which is burned, and a tip (EIP-1559).</summary>
    BaseFeeAndTip,

    /// <summary>
    /// As above, and beside it a fee for the data that goes to the chain below: it is taken from the balance, and is
    /// neither in the gas estimate nor under the limit that the transaction names.
    /// </summary>
    BaseFeeTipAndData,

    /// <summary>No tips: first come, first served. The data's fee is counted in gas, and so in the estimate.</summary>
    BaseFeeWithDataInGas,
}
