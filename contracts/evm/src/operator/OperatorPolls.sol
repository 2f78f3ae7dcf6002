// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AuthorizedSenders} from "./AuthorizedSenders.sol";
import {RequestPairs} from "./RequestPairs.sol";

/// @notice Requests that several nodes answer: each sends the same answer, and the one that makes the quorum full
/// carries it out. A node votes once.
abstract contract OperatorPolls is AuthorizedSenders {
    /// @dev `voted` and `agreed` are sets: bit i is nodes[i]. The number sets a poll apart from an earlier one of the
    /// same request id, so that no old vote counts again.
    struct Poll {
        uint8 quorum;
        uint16 voted;
        uint16 agreed;
        uint64 number;
        address[] nodes;
    }

    uint64 private _count;
    mapping(bytes32 requestId => Poll poll) private _polls;
    mapping(bytes32 answer => uint16 set) private _votes;

    /// @param answer What was voted for: equal votes have the same.
    event Voted(bytes32 indexed requestId, address indexed node, bytes32 answer, uint256 votes, uint256 quorum);

    error NotNamed(address node);
    error TooFewNodes(uint256 authorized, uint256 quorum);
    error VotedBefore(address node);

    /// @notice Who may answer a request and how many of them have to agree; a quorum of zero where anybody authorised
    /// may, alone.
    function pollOf(bytes32 requestId)
        external
        view
        returns (uint256 quorum, address[] memory nodes, address[] memory voted)
    {
        Poll storage poll = _polls[requestId];
        return (poll.quorum, poll.nodes, _members(poll, poll.voted));
    }

    /// @dev Who is not named is refused; without names it is those who are authorised now.
    function _openPoll(bytes32 requestId, RequestPairs.Pairs memory pairs) internal {
        address[] memory nodes = pairs.nodes.length == 0 ? getAuthorizedSenders() : pairs.nodes;
        if (nodes.length > RequestPairs.NODES_MAX) revert RequestPairs.BadNodes();
        uint256 authorized = 0;
        for (uint256 i = 0; i < nodes.length; ++i) {
            if (isAuthorizedSender(nodes[i])) ++authorized;
        }
        if (authorized < pairs.quorum) revert TooFewNodes(authorized, pairs.quorum);
        Poll storage poll = _polls[requestId];
        (poll.quorum, poll.voted, poll.agreed, poll.number) = (uint8(pairs.quorum), 0, 0, ++_count);
        poll.nodes = nodes;
    }

    function _requireNamed(bytes32 requestId) internal view returns (uint16 bit) {
        address[] storage nodes = _polls[requestId].nodes;
        for (uint256 i = 0; i < nodes.length; ++i) {
            if (nodes[i] == msg.sender) return uint16(2 ** i);
        }
        revert NotNamed(msg.sender);
    }

    function _nodeCount(bytes32 requestId) internal view returns (uint256) {
        return _polls[requestId].nodes.length;
    }

    /// @dev Whether this vote is the one that decides.
    function _vote(bytes32 requestId, bytes32 answer) internal returns (bool) {
        uint16 bit = _requireNamed(requestId);
        Poll storage poll = _polls[requestId];
        if (poll.voted & bit != 0) revert VotedBefore(msg.sender);
        poll.voted |= bit;
        bytes32 key = keccak256(abi.encode(requestId, poll.number, answer));
        uint16 agreed = _votes[key] | bit;
        uint256 votes = 0;
        for (uint256 set = agreed; set != 0; set &= set - 1) ++votes;
        emit Voted(requestId, msg.sender, answer, votes, poll.quorum);
        if (votes < poll.quorum) {
            _votes[key] = agreed;
            return false;
        }
        delete _votes[key];
        poll.agreed = agreed;
        return true;
    }

    /// @dev Forgets a poll. Who agreed, if it came to that.
    function _closePoll(bytes32 requestId) internal returns (address[] memory agreed) {
        Poll storage poll = _polls[requestId];
        agreed = _members(poll, poll.agreed);
        delete _polls[requestId];
    }

    function _members(Poll storage poll, uint256 set) private view returns (address[] memory members) {
        members = new address[](poll.nodes.length);
        uint256 count = 0;
        for (uint256 i = 0; set != 0; ++i) {
            if (set & 1 != 0) members[count++] = poll.nodes[i];
            set >>= 1;
        }
        assembly ("memory-safe") {
            mstore(members, count)
        }
    }
}
