// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC1363} from "@openzeppelin/contracts/interfaces/IERC1363.sol";
import {IERC1363Receiver} from "@openzeppelin/contracts/interfaces/IERC1363Receiver.sol";
import {IERC1363Spender} from "@openzeppelin/contracts/interfaces/IERC1363Spender.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";

/// @notice What a receiver in the older manner (ERC-677) offers.
interface IERC677Receiver {
    function onTokenTransfer(address from, uint256 amount, bytes calldata data) external;
}

/// @notice The network's own currency: fixed supply, permits, votes, transfers that tell their receiver.
contract StunToken is ERC20, ERC20Permit, ERC20Votes, ERC165, IERC1363 {
    /// @notice All there will ever be: a thousand million, 18 decimals. Well below the 95 bits of an escrow.
    uint256 public constant SUPPLY = 1_000_000_000e18;

    error ReceiverRefused(address receiver);
    error SpenderRefused(address spender);

    constructor(address treasury) ERC20("Stun", "STUN") ERC20Permit("Stun") {
        _mint(treasury, SUPPLY);
    }

    /// @inheritdoc IERC1363
    function transferAndCall(address to, uint256 value) external returns (bool) {
        return transferAndCall(to, value, "");
    }

    /// @inheritdoc IERC1363
    function transferFromAndCall(address from, address to, uint256 value) external returns (bool) {
        return transferFromAndCall(from, to, value, "");
    }

    /// @inheritdoc IERC1363
    function approveAndCall(address spender, uint256 value) external returns (bool) {
        return approveAndCall(spender, value, "");
    }

    /// @inheritdoc IERC1363
    function transferAndCall(address to, uint256 value, bytes memory data) public returns (bool) {
        transfer(to, value);
        _tell(_msgSender(), to, value, data);
        return true;
    }

    /// @inheritdoc IERC1363
    function transferFromAndCall(address from, address to, uint256 value, bytes memory data) public returns (bool) {
        transferFrom(from, to, value);
        _tell(from, to, value, data);
        return true;
    }

    /// @inheritdoc IERC1363
    function approveAndCall(address spender, uint256 value, bytes memory data) public returns (bool) {
        approve(spender, value);
        if (IERC1363Spender(spender).onApprovalReceived(_msgSender(), value, data)
                != IERC1363Spender.onApprovalReceived.selector) revert SpenderRefused(spender);
        return true;
    }

    /// @notice Votes are counted by time: blocks of rollups say little about it.
    function clock() public view override returns (uint48) {
        return uint48(block.timestamp);
    }

    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    function supportsInterface(bytes4 interfaceId) public view override(ERC165, IERC165) returns (bool) {
        return interfaceId == type(IERC1363).interfaceId || super.supportsInterface(interfaceId);
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        super._update(from, to, value);
    }

    /// @dev Tells a receiver in the newer manner first (ERC-1363), and in the older one (ERC-677) if it does not know
    /// the newer. A receiver that answers with a reason of its own has refused, and nothing more is tried.
    function _tell(address from, address to, uint256 value, bytes memory data) private {
        if (to.code.length == 0) revert ReceiverRefused(to);
        try IERC1363Receiver(to).onTransferReceived(_msgSender(), from, value, data) returns (bytes4 answer) {
            if (answer != IERC1363Receiver.onTransferReceived.selector) revert ReceiverRefused(to);
        } catch (bytes memory reason) {
            if (reason.length > 0) {
                assembly ("memory-safe") {
                    revert(add(reason, 32), mload(reason))
                }
            }
            IERC677Receiver(to).onTokenTransfer(from, value, data);
        }
    }
}
