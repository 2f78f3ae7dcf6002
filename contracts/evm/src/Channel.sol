// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Division} from "./libraries/Division.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {TypedData} from "./libraries/TypedData.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @notice One-way channels: a requester puts money in, signs vouchers for ever more of it, and the provider redeems the
/// last. They need nobody else. Vouchers are EIP-712 with this contract as the verifying one.
contract Channel is ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @dev One word. `funded` and `redeemed` only grow by deposits and vouchers, also when a channel is used again: a
    /// voucher that was redeemed once is worth nothing more for ever.
    struct State {
        uint96 funded;
        uint96 redeemed;
        uint64 closesAt;
    }

    uint256 public constant DELAY_MIN = 1 hours;
    uint256 public constant DELAY_MAX = 30 days;
    uint256 private constant TOTAL_MAX = 1 << 95;

    IERC20 public immutable TOKEN;

    /// @notice How long a provider has for its last voucher after a requester has asked for the rest.
    uint256 public immutable CLOSE_DELAY;
    uint256 private immutable CHAIN_ID;
    bytes32 private immutable SEPARATOR;

    mapping(address requester => mapping(address provider => State state)) public channels;
    mapping(address provider => uint256 amount) public claimable;

    event Funded(address indexed requester, address indexed provider, uint256 amount);
    event Redeemed(address indexed requester, address indexed provider, uint256 cumulative);
    event CloseBegun(address indexed requester, address indexed provider, uint256 at);
    event Refunded(address indexed requester, address indexed provider, uint256 amount);
    event Withdrawn(address indexed provider, uint256 amount);

    error AboveFunds(uint96 funded);
    error Closing(uint64 at);
    error DelayOutOfBounds();
    error NotClosing();
    error NothingNew(uint96 redeemed);
    error NothingToWithdraw();
    error NotReceivedInFull(uint256 received);
    error NotSigned();
    error OverCap();
    error ZeroAmount();

    constructor(IERC20 token, uint256 closeDelay) {
        if (closeDelay < DELAY_MIN || closeDelay > DELAY_MAX) revert DelayOutOfBounds();
        (TOKEN, CLOSE_DELAY, CHAIN_ID) = (token, closeDelay, block.chainid);
        SEPARATOR = TypedData.separator(address(this));
    }

    /// @notice Opens a channel to a provider, or puts more into one. One that is closing stays open then.
    function fund(address provider, uint256 amount) external nonReentrant {
        if (amount == 0) revert ZeroAmount();
        uint256 before = TOKEN.balanceOf(address(this));
        if (before + amount > TOTAL_MAX) revert OverCap();
        TOKEN.safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = TOKEN.balanceOf(address(this)) - before;
        if (received != amount) revert NotReceivedInFull(received);
        State storage state = channels[msg.sender][provider];
        state.funded += Division.to96(amount);
        state.closesAt = 0;
        emit Funded(msg.sender, provider, amount);
    }

    /// @notice The caller takes what a voucher says beyond what it has taken before.
    function redeem(address requester, uint96 cumulative, bytes32 r, bytes32 parityAndS) external {
        State storage state = channels[requester][msg.sender];
        (uint96 funded, uint96 redeemed) = (state.funded, state.redeemed);
        if (cumulative <= redeemed) revert NothingNew(redeemed);
        if (cumulative > funded) revert AboveFunds(funded);
        bytes32 voucher = keccak256(abi.encode(TypedData.VOUCHER_TYPE, requester, msg.sender, cumulative));
        if (Signatures.signer(TypedData.digest(domainSeparator(), voucher), r, parityAndS) != requester) {
            revert NotSigned();
        }
        state.redeemed = cumulative;
        claimable[msg.sender] += cumulative - redeemed;
        emit Redeemed(requester, msg.sender, cumulative);
    }

    /// @notice Asks for the rest. The provider has the delay for its last voucher.
    function close(address provider) external {
        State storage state = channels[msg.sender][provider];
        if (state.closesAt != 0) revert Closing(state.closesAt);
        if (state.funded == state.redeemed) revert NothingToWithdraw();
        uint256 at = block.timestamp + CLOSE_DELAY;
        state.closesAt = uint64(at);
        emit CloseBegun(msg.sender, provider, at);
    }

    /// @notice Takes the rest back when the delay is over.
    function refund(address provider) external nonReentrant {
        State storage state = channels[msg.sender][provider];
        if (state.closesAt == 0) revert NotClosing();
        if (block.timestamp < state.closesAt) revert Closing(state.closesAt);
        uint256 amount = state.funded - state.redeemed;
        (state.funded, state.closesAt) = (state.redeemed, 0);
        TOKEN.safeTransfer(msg.sender, amount);
        emit Refunded(msg.sender, provider, amount);
    }

    function withdraw() external nonReentrant {
        uint256 amount = claimable[msg.sender];
        if (amount == 0) revert NothingToWithdraw();
        claimable[msg.sender] = 0;
        TOKEN.safeTransfer(msg.sender, amount);
        emit Withdrawn(msg.sender, amount);
    }

    function domainSeparator() public view returns (bytes32) {
        return block.chainid == CHAIN_ID ? SEPARATOR : TypedData.separator(address(this));
    }
}
