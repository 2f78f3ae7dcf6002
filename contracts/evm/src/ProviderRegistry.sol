// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Staking} from "./Staking.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

/// @notice Who offers to run tasks: what each says of itself, and whether its stake covers work of some value.
contract ProviderRegistry is Ownable2Step {
    /// @dev `profile` is the keccak-256 of what lies at `uri`: the place may change hands, what it says may not.
    struct Profile {
        bytes32 profile;
        uint64 region;
        uint64 since;
        string uri;
    }

    uint256 public constant MULTIPLE_MAX = 1_000;
    uint256 public constant URI_MAX = 256;

    Staking public immutable STAKING;

    /// @notice How many times the value of its work a provider must have at stake.
    uint256 public multiple;
    mapping(address provider => Profile profile) private _profiles;

    event Registered(address indexed provider, bytes32 profile, uint64 region, string uri);
    event Deregistered(address indexed provider);
    event MultipleChanged(uint256 multiple);

    error MultipleOutOfBounds();
    error NotRegistered();
    error NoProfile();
    error UriTooLong();

    constructor(Staking staking, address owner_, uint256 multiple_) Ownable(owner_) {
        STAKING = staking;
        _setMultiple(multiple_);
    }

    /// @notice Registers the caller, or replaces what it has said before.
    function register(bytes32 profile, uint64 region, string calldata uri) external {
        if (profile == 0) revert NoProfile();
        if (bytes(uri).length > URI_MAX) revert UriTooLong();
        uint64 since = _profiles[msg.sender].since;
        _profiles[msg.sender] = Profile(profile, region, since == 0 ? uint64(block.timestamp) : since, uri);
        emit Registered(msg.sender, profile, region, uri);
    }

    function deregister() external {
        if (_profiles[msg.sender].since == 0) revert NotRegistered();
        delete _profiles[msg.sender];
        emit Deregistered(msg.sender);
    }

    function setMultiple(uint256 multiple_) external onlyOwner {
        _setMultiple(multiple_);
    }

    function profileOf(address provider) external view returns (Profile memory) {
        return _profiles[provider];
    }

    /// @notice Registered, and with stake, none of it leaving, for work of this value.
    function isEligible(address provider, uint96 value) external view returns (bool) {
        return _profiles[provider].since != 0 && STAKING.stakeOf(provider) >= value * multiple;
    }

    function _setMultiple(uint256 multiple_) private {
        if (multiple_ == 0 || multiple_ > MULTIPLE_MAX) revert MultipleOutOfBounds();
        multiple = multiple_;
        emit MultipleChanged(multiple_);
    }
}
