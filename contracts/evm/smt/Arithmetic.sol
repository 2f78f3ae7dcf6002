// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Division} from "../src/libraries/Division.sol";

/// @notice What the prover is asked about the arithmetic of the escrow. Nothing of this is deployed.
contract Arithmetic {
    uint256 private constant LIMIT = 1 << 96;

    /// @dev The shares in force.
    function shares(uint128 pay, bool hasCreator) external pure {
        (uint256 provider, uint256 treasury, uint256 creator) = Division.split(pay, 150_000, 50_000, hasCreator);
        assert(provider + treasury + creator == pay);
        assert(treasury <= pay && creator <= pay && provider <= pay);
    }

    /// @dev The largest that governance can set.
    function largestShares(uint128 pay, bool hasCreator) external pure {
        (uint256 provider, uint256 treasury, uint256 creator) = Division.split(pay, 200_000, 100_000, hasCreator);
        assert(provider + treasury + creator == pay);
        assert(treasury * 5 <= pay);
        assert(creator * 10 <= pay);
    }

    /// @dev A slash in two parts: nobody has more than his share, and both parts are given out whole.
    function slash(uint96 first, uint96 second, uint96 limit) external pure {
        uint256 toRequester = Division.compensation(first, 500_000, limit);
        toRequester += Division.compensation(second, 500_000, limit - toRequester);
        assert(toRequester <= limit);
        assert(2 * toRequester <= uint256(first) + second);
    }

    /// @dev The words of accounts as the loops of a batch see them: what lies above the balance is not touched.
    function debit(uint256 word, uint96 amount) external pure {
        if (word % LIMIT < amount) return;
        uint256 after_ = word - amount;
        assert(after_ / LIMIT == word / LIMIT);
        assert(after_ % LIMIT == word % LIMIT - amount);
    }

    /// @dev Given that no balance exceeds what is held, and that no more is given than was taken.
    function credit(uint256 word, uint96 amount, uint96 held) external pure {
        if (word % LIMIT + amount > held) return;
        uint256 after_ = word + amount;
        assert(after_ / LIMIT == word / LIMIT);
        assert(after_ % LIMIT == word % LIMIT + amount);
    }

    /// @dev Taken equals given: the sum of two balances and a stake stays what it was.
    function batch(uint96 payer, uint96 earner, uint96 stake, uint96 debited, uint96 slashed) external pure {
        if (debited > payer || slashed > stake) return;
        uint256 credited = uint256(debited) + slashed;
        uint256 before = uint256(payer) + earner + stake;
        uint256 after_ = uint256(payer - debited) + (earner + credited) + (stake - slashed);
        assert(before == after_);
    }
}
