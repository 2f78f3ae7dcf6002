// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Shares, Terms} from "../Types.sol";

/// @notice What the escrow asks of the stakes.
interface IStaking {
    /// @notice Takes up to `amount` from a provider, from what is leaving first, and sends it to the escrow.
    function slash(address provider, uint256 amount) external returns (uint256 fromUnbonding, uint256 fromStake);

    function unbondingDelay() external view returns (uint32);
    function slashable(address provider) external view returns (uint256);
}

/// @notice What the court and the tasks on the chain ask of the escrow, which keeps all money and all batches.
interface IEscrow {
    /// @notice Replaces the word of a batch that is not settled, if it is what the court believes it to be.
    function changeBatch(uint64 number, uint256 from, uint256 to) external;

    /// @notice The same for a challenge, with its bond.
    function openChallenge(uint64 number, uint256 from, uint256 to, address challenger, uint256 bond) external;

    /// @notice Takes money in from outside of the book: a bond, or the price of a task.
    function take(address from, uint256 amount) external;

    /// @notice Gives money out that was taken in before, outside of the book.
    function give(address to, uint256 amount) external;

    /// @notice Takes from a balance, or gives to one, what was judged without a batch.
    function debit(address account, uint256 amount) external;
    function credit(address account, uint256 amount) external;

    /// @notice How many batches there are: the shares that hold now are those of the next one.
    function nextToPost() external view returns (uint64);

    /// @notice Takes stake; what comes is held until it is given or credited.
    function slash(address provider, uint256 amount) external returns (uint256 fromUnbonding, uint256 fromStake);

    function checkQuorum(bytes32 digest, bytes calldata signatures) external view;
    function domainSeparator() external view returns (bytes32);
    function batchWord(uint64 number) external view returns (uint256);
    function terms() external view returns (Terms memory);
    function challengeTerms()
        external
        view
        returns (uint256 window, uint256 answerWindow, uint256 contestWindow, uint256 bond, uint256 until);
    function sharesAt(uint64 number) external view returns (Shares memory);
    function currentShares() external view returns (Shares memory);
    function pausedUntil() external view returns (uint256);
    function nextToSettle() external view returns (uint64);
    function taskEscrow() external view returns (address);
    function balanceOf(address account) external view returns (uint256);
    function staking() external view returns (IStaking);
}

/// @notice What the court asks of the tasks on the chain.
interface ISpent {
    /// @notice Whether a task was paid without a batch.
    function isSpent(bytes16 task) external view returns (bool);
}

/// @notice Checks proofs of one circuit. Governance names one for each circuit it admits.
interface IProofVerifier {
    /// @return Whether the proof shows that `result` is the result of `spec`, and that it is `provider` who has it.
    function verify(bytes16 task, bytes32 spec, bytes32 result, address provider, bytes calldata proof)
        external
        view
        returns (bool);
}
