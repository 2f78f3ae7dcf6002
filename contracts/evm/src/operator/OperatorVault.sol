// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AuthorizedSenders} from "./AuthorizedSenders.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @notice The operator's money: in escrow for open requests, owed to somebody by name, and the rest, which is earned.
///
///   balance of the token >= escrow + owed refunds + shares of nodes + earned
abstract contract OperatorVault is AuthorizedSenders, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @dev One word.
    struct Held {
        uint128 escrow;
        uint128 owed;
    }

    IERC20 internal immutable TOKEN;
    Held private _held;

    /// @notice Refunds that the token refused to move; `processRefund` tries again.
    mapping(address account => uint256 amount) public owedRefunds;

    /// @notice Shares of nodes that agreed in a quorum; `withdrawShare` takes them.
    mapping(address node => uint256 amount) public shares;

    event RefundPaid(bytes32 indexed requestId, address indexed refundTo, uint256 amount);
    event RefundOwed(bytes32 indexed requestId, address indexed refundTo, uint256 amount);
    event Shared(bytes32 indexed requestId, address indexed node, uint256 amount);
    event ShareWithdrawn(address indexed node, address to, uint256 amount);

    error AboveWithdrawable(uint256 withdrawable);
    error NothingToWithdraw();

    /// @notice The owner takes what is earned.
    function withdraw(address recipient, uint256 amount) external onlyOwner nonReentrant {
        uint256 most = withdrawable();
        if (amount > most) revert AboveWithdrawable(most);
        TOKEN.safeTransfer(recipient, amount);
    }

    /// @notice A node takes its shares.
    function withdrawShare(address to) external nonReentrant {
        uint256 amount = shares[msg.sender];
        if (amount == 0) revert NothingToWithdraw();
        shares[msg.sender] = 0;
        _held.owed -= uint128(amount);
        TOKEN.safeTransfer(to, amount);
        emit ShareWithdrawn(msg.sender, to, amount);
    }

    /// @notice Sends what is owed to somebody to himself, and nothing to anybody else. Refunds are paid with the
    /// answer: so there is mostly nothing to do here, and that is no failure; nor is it when the token refuses again.
    function processRefund(bytes32 requestId, address refundTo) external nonReentrant {
        uint256 amount = owedRefunds[refundTo];
        if (amount == 0) return;
        owedRefunds[refundTo] = 0;
        _held.owed -= uint128(amount);
        _refund(requestId, refundTo, amount);
    }

    /// @notice In escrow, and owed: refunds and shares.
    function held() external view returns (uint256 escrow, uint256 owed) {
        return (_held.escrow, _held.owed);
    }

    function withdrawable() public view returns (uint256) {
        return TOKEN.balanceOf(address(this)) - _held.escrow - _held.owed;
    }

    function _take(uint256 amount) internal {
        _held.escrow += uint128(amount);
    }

    /// @dev Out of escrow: from here on it is the owner's, unless it is sent or owed to somebody.
    function _release(uint256 amount) internal {
        _held.escrow -= uint128(amount);
    }

    /// @dev What was released before. A token that refuses does not stop who has to answer: the money is owed then.
    function _refund(bytes32 requestId, address to, uint256 amount) internal {
        if (amount == 0) return;
        if (_isSent(to, amount)) {
            emit RefundPaid(requestId, to, amount);
        } else {
            owedRefunds[to] += amount;
            _held.owed += uint128(amount);
            emit RefundOwed(requestId, to, amount);
        }
    }

    /// @dev Equal shares of what was released before; what does not divide is the owner's.
    function _share(bytes32 requestId, address[] memory nodes, uint256 amount) internal {
        uint256 each = amount / nodes.length;
        if (each == 0) return;
        _held.owed += uint128(each * nodes.length);
        for (uint256 i = 0; i < nodes.length; ++i) {
            shares[nodes[i]] += each;
            emit Shared(requestId, nodes[i], each);
        }
    }

    function _isSent(address to, uint256 amount) private returns (bool) {
        // solhint-disable-next-line avoid-low-level-calls
        (bool done, bytes memory answer) = address(TOKEN).call(abi.encodeCall(IERC20.transfer, (to, amount)));
        return done && (answer.length == 0 || abi.decode(answer, (uint256)) == 1);
    }
}
