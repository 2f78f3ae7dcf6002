// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {PAID, Verdict} from "../Types.sol";

/// @notice How money is divided. Shares are rounded down, and a named party has the rest: nothing is lost.
library Division {
    uint256 internal constant PPM = 1_000_000;

    error AmountTooLarge();
    error ChargedAboveLimit();

    /// @notice What one paid finding gives: to the provider, the treasury, the model's creator.
    function split(uint256 pay, uint256 treasuryPpm, uint256 creatorPpm, bool hasCreator)
        internal
        pure
        returns (uint256 provider, uint256 treasury, uint256 creator)
    {
        treasury = (pay * treasuryPpm) / PPM;
        creator = hasCreator ? (pay * creatorPpm) / PPM : 0;
        provider = pay - treasury - creator;
    }

    /// @notice The sum of all that is paid; reverts if it is above the limit.
    /// @dev Pays are taken off the limit, never summed: nobody has vouched for their size yet.
    function charge(Verdict calldata verdict, uint256 limit) internal pure returns (uint256) {
        uint256 left = limit;
        for (uint256 i = 0; i < verdict.findings.length; ++i) {
            if (verdict.findings[i].judgement != PAID) continue;
            uint256 pay = verdict.findings[i].pay;
            if (pay > left) revert ChargedAboveLimit();
            left -= pay;
        }
        return limit - left;
    }

    /// @notice Which part of a slash goes to the requester: made good, not made rich.
    function compensation(uint256 part, uint256 ppm, uint256 most) internal pure returns (uint256 share) {
        share = (part * ppm) / PPM;
        if (share > most) share = most;
    }

    function to96(uint256 amount) internal pure returns (uint96) {
        if (amount > type(uint96).max) revert AmountTooLarge();
        return uint96(amount);
    }
}
