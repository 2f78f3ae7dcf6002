// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IStaking} from "./interfaces/IModules.sol";
import {Division} from "./libraries/Division.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @notice Stakes of providers, in the currency of their escrow. Only the escrow slashes; stake on its way out stays
/// slashable until its delay is over.
contract Staking is IStaking, Ownable2Step, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @dev One word of stake, one of what is leaving: all that is leaving leaves together.
    struct Account {
        uint96 stake;
        uint96 unbonding;
        uint64 unbondedAt;
    }

    struct SlashRecord {
        uint32 count;
        uint96 amount;
    }

    uint256 public constant DELAY_MIN = 1 days;
    uint256 public constant DELAY_MAX = 90 days;

    /// @dev Together with an escrow's cap of the same size nothing exceeds 96 bits.
    uint256 public constant TOTAL_MAX = 1 << 95;

    IERC20 public immutable TOKEN;
    address private immutable DEPLOYER;

    address public escrow;
    uint32 public unbondingDelay;
    mapping(address provider => Account account) public accounts;
    mapping(address provider => SlashRecord record) public slashes;

    event Connected(address escrow);
    event UnbondingDelayChanged(uint256 delay);
    event Staked(address indexed provider, uint256 amount);
    event UnstakeBegun(address indexed provider, uint256 amount, uint256 at);
    event Unstaked(address indexed provider, uint256 amount);
    event Slashed(address indexed provider, uint256 amount);

    error AlreadyConnected();
    error DelayOutOfBounds(uint256 delay);
    error InsufficientStake(uint256 stake);
    error NotReceivedInFull(uint256 received);
    error NotTheDeployer();
    error NotTheEscrow();
    error NothingUnbonding();
    error OverCap();
    error StillUnbonding(uint256 until);
    error ZeroAmount();

    constructor(IERC20 token, address owner_, address deployer, uint32 delay) Ownable(owner_) {
        TOKEN = token;
        DEPLOYER = deployer;
        _setDelay(delay);
    }

    /// @notice Names the escrow, once and for all. Who deploys does it, before anybody stakes.
    function connect(address escrow_) external {
        if (msg.sender != DEPLOYER) revert NotTheDeployer();
        if (escrow != address(0)) revert AlreadyConnected();
        escrow = escrow_;
        emit Connected(escrow_);
    }

    function setUnbondingDelay(uint32 delay) external onlyOwner {
        _setDelay(delay);
    }

    function stake(uint256 amount) external nonReentrant {
        if (amount == 0) revert ZeroAmount();
        uint256 before = TOKEN.balanceOf(address(this));
        if (before + amount > TOTAL_MAX) revert OverCap();
        accounts[msg.sender].stake += Division.to96(amount);
        TOKEN.safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = TOKEN.balanceOf(address(this)) - before;
        if (received != amount) revert NotReceivedInFull(received);
        emit Staked(msg.sender, amount);
    }

    /// @notice Starts the delay; all that is leaving waits for it anew.
    function beginUnstake(uint256 amount) external {
        if (amount == 0) revert ZeroAmount();
        Account storage account = accounts[msg.sender];
        if (account.stake < amount) revert InsufficientStake(account.stake);
        uint256 at = block.timestamp + unbondingDelay;
        account.stake -= Division.to96(amount);
        account.unbonding += Division.to96(amount);
        account.unbondedAt = uint64(at);
        emit UnstakeBegun(msg.sender, amount, at);
    }

    function finishUnstake() external nonReentrant {
        Account storage account = accounts[msg.sender];
        uint256 amount = account.unbonding;
        if (amount == 0) revert NothingUnbonding();
        if (block.timestamp < account.unbondedAt) revert StillUnbonding(account.unbondedAt);
        (account.unbonding, account.unbondedAt) = (0, 0);
        TOKEN.safeTransfer(msg.sender, amount);
        emit Unstaked(msg.sender, amount);
    }

    /// @inheritdoc IStaking
    function slash(address provider, uint256 amount)
        external
        nonReentrant
        returns (uint256 fromUnbonding, uint256 fromStake)
    {
        if (msg.sender != escrow) revert NotTheEscrow();
        Account storage account = accounts[provider];
        fromUnbonding = amount < account.unbonding ? amount : account.unbonding;
        fromStake = amount - fromUnbonding < account.stake ? amount - fromUnbonding : account.stake;
        account.unbonding -= Division.to96(fromUnbonding);
        account.stake -= Division.to96(fromStake);
        uint256 taken = fromUnbonding + fromStake;
        if (taken == 0) return (0, 0);
        SlashRecord storage record = slashes[provider];
        record.count += 1;
        record.amount += Division.to96(taken);
        TOKEN.safeTransfer(escrow, taken);
        emit Slashed(provider, taken);
    }

    /// @inheritdoc IStaking
    function slashable(address provider) external view returns (uint256) {
        return uint256(accounts[provider].stake) + accounts[provider].unbonding;
    }

    /// @notice Stake that is not leaving: what a provider may take on new work with.
    function stakeOf(address provider) external view returns (uint256) {
        return accounts[provider].stake;
    }

    function _setDelay(uint32 delay) private {
        if (delay < DELAY_MIN || delay > DELAY_MAX) revert DelayOutOfBounds(delay);
        unbondingDelay = delay;
        emit UnbondingDelayChanged(delay);
    }
}
