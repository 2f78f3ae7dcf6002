// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice What a guardian may ask of an escrow, and all it may ask.
interface IPausable {
    function pause(uint256 duration) external;
    function unpause() external;
}

/// @notice M of N members who can stop an escrow for a limited time, and end that stop. They can do nothing else: this
/// contract has no other call to make. Members never change; governance names another guardian instead.
contract Guardian {
    /// @dev Members approve by a bit each; what is not complete after a day begins anew.
    struct Round {
        uint64 startedAt;
        uint128 approvals;
    }

    uint256 public constant MEMBERS_MAX = 100;
    uint256 public constant ROUND_LASTS = 1 days;

    uint256 public immutable THRESHOLD;
    address[] private _members;
    mapping(address member => uint256 place) private _placeOf;
    mapping(bytes32 action => Round round) public rounds;

    event Approved(address indexed member, bytes32 indexed action, uint256 approvals);
    event Carried(bytes32 indexed action);

    error AlreadyApproved();
    error MembersNotRising();
    error NotAMember();
    error ThresholdOutOfBounds();

    constructor(address[] memory members_, uint256 threshold) {
        uint256 count = members_.length;
        if (count > MEMBERS_MAX || threshold > count || 2 * threshold <= count) revert ThresholdOutOfBounds();
        address last = address(0);
        for (uint256 i = 0; i < count; ++i) {
            if (members_[i] <= last) revert MembersNotRising();
            last = members_[i];
            _placeOf[last] = i + 1;
        }
        (_members, THRESHOLD) = (members_, threshold);
    }

    /// @notice Approves a pause of this length; the last approval that is needed carries it out.
    function approvePause(IPausable escrow, uint256 duration) external {
        if (_approve(keccak256(abi.encode(escrow, duration)))) escrow.pause(duration);
    }

    /// @notice Approves the end of a pause.
    function approveUnpause(IPausable escrow) external {
        if (_approve(keccak256(abi.encode(escrow)))) escrow.unpause();
    }

    function members() external view returns (address[] memory) {
        return _members;
    }

    function _approve(bytes32 action) private returns (bool carried) {
        uint256 place = _placeOf[msg.sender];
        if (place == 0) revert NotAMember();
        Round memory round = rounds[action];
        if (block.timestamp > round.startedAt + ROUND_LASTS) round = Round(uint64(block.timestamp), 0);
        uint128 bit = uint128(1) << uint128(place - 1);
        if (round.approvals & bit != 0) revert AlreadyApproved();
        round.approvals |= bit;
        uint256 count = _count(round.approvals);
        emit Approved(msg.sender, action, count);
        carried = count >= THRESHOLD;
        if (!carried) {
            rounds[action] = round;
            return false;
        }
        delete rounds[action];
        emit Carried(action);
    }

    function _count(uint256 bits) private pure returns (uint256 count) {
        for (; bits != 0; bits &= bits - 1) ++count;
    }
}
