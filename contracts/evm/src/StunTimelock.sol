// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

/// @notice Owns what governance owns, and carries out what was voted after a delay in which whoever disagrees can leave.
contract StunTimelock is TimelockController {
    uint256 public constant DELAY_LEAST = 1 days;

    error DelayTooShort();

    constructor(uint256 delay, address[] memory proposers, address[] memory executors, address admin)
        TimelockController(delay, proposers, executors, admin)
    {
        if (delay < DELAY_LEAST) revert DelayTooShort();
    }
}
