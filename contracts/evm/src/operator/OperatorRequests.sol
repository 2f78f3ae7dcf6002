// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {OperatorPolls} from "./OperatorPolls.sol";
import {OperatorVault} from "./OperatorVault.sol";
import {RequestPairs} from "./RequestPairs.sol";

/// @notice What becomes of requests: one word for each that is open, its money in escrow, its way out.
abstract contract OperatorRequests is OperatorPolls, OperatorVault {
    enum State {
        None,
        Open,
        Refused
    }

    /// @dev One word. Callers bring everything else along. `form`: the version of the data (1, 2), or REFUSED, with or
    /// without MORE.
    struct Commitment {
        bytes31 hash;
        uint8 form;
    }

    /// @dev One word, for a request that needs it: it names an address or a quorum, or was extended.
    struct More {
        address refundTo;
        uint64 latest;
        bool polled;
    }

    /// @dev A request as its consumer wrote it.
    struct Draft {
        address sender;
        uint256 payment;
        bytes32 specId;
        address callback;
        bytes4 selector;
        uint256 nonce;
        uint256 version;
        bytes data;
    }

    /// @dev What a commitment binds, in the order in which everybody brings it along.
    struct Asked {
        bytes32 id;
        uint256 payment;
        address callback;
        bytes4 selector;
        uint256 until;
    }

    uint256 public constant RETRY_WINDOW = 1 days;

    /// @notice What a callback can use at least.
    uint256 public constant CALLBACK_GAS = 400_000;

    uint256 internal constant EXPIRY = 5 minutes;
    uint256 private constant PAYMENT_MAX = type(uint96).max;
    uint256 private constant VERSION_MAX = 255;
    /// @dev Kept back from the callback: enough to write down how it ended, and once more for each node with a share.
    uint256 private constant GAS_KEPT = 30_000;
    uint256 private constant REASON_MAX = 256;
    uint8 private constant REFUSED = 4;
    uint8 internal constant MORE = 128;
    bytes32 internal constant REJECTED = keccak256("rejected");

    mapping(bytes32 requestId => Commitment commitment) internal _commitments;
    mapping(bytes32 requestId => More more) internal _more;

    event OracleRequest(
        bytes32 indexed specId,
        address requester,
        bytes32 requestId,
        uint256 payment,
        address callbackAddr,
        bytes4 callbackFunctionId,
        uint256 cancelExpiration,
        uint256 dataVersion,
        bytes data
    );
    event CancelOracleRequest(bytes32 indexed requestId);
    event OracleResponse(bytes32 indexed requestId);
    event OracleRequestExpired(bytes32 indexed requestId, address refundTo, uint256 amount);

    /// @param kept What can still be earned; the refund was paid.
    /// @param result keccak-256 of the data that was sent.
    /// @param reason The first 256 bytes of what the callback said.
    event CallbackRefused(
        bytes32 indexed requestId, uint256 kept, uint256 retryUntil, bytes32 result, bytes reason
    );
    event CallbackAccepted(bytes32 indexed requestId, uint256 earned);
    event RetryExpired(bytes32 indexed requestId, address refundTo, uint256 amount);

    error CallbackForbidden(address callback);
    error DataVersionOutOfBounds();
    error NotExpired(uint256 expiration);
    error NotTheRequest(bytes32 requestId);
    error NotUnique(bytes32 requestId);
    error PaymentTooLarge();
    error RefundAbovePayment(uint256 payment);
    error TooLittleGas(uint256 needed);

    /// @notice What a request is at.
    function stateOf(bytes32 requestId) external view returns (State) {
        uint8 form = _commitments[requestId].form;
        if (form == 0) return State.None;
        return form & REFUSED == 0 ? State.Open : State.Refused;
    }

    /// @notice Where a request's money goes back to; zero where that is the contract which is called back, or where
    /// there is no such request.
    function refundToOf(bytes32 requestId) external view returns (address) {
        return _more[requestId].refundTo;
    }

    function _request(Draft memory draft) internal {
        bytes32 id = _idOf(draft.sender, draft.nonce);
        // Else anybody could have a stranger's contract called by an operator that it trusts.
        if (draft.callback != draft.sender) revert CallbackForbidden(draft.callback);
        if (_commitments[id].form != 0) revert NotUnique(id);
        if (draft.payment > PAYMENT_MAX) revert PaymentTooLarge();
        if (draft.version > VERSION_MAX) revert DataVersionOutOfBounds();
        uint256 until = block.timestamp + EXPIRY;
        uint8 form = draft.version < 2 ? 1 : 2;
        if (_isMoreSaid(id, draft)) form |= MORE;
        _commitments[id] = Commitment(
            _hashOf(Asked(id, draft.payment, draft.callback, draft.selector, until)), form
        );
        _take(draft.payment);
        emit OracleRequest(
            draft.specId,
            draft.sender,
            id,
            draft.payment,
            draft.callback,
            draft.selector,
            until,
            draft.version,
            draft.data
        );
    }

    /// @dev The node's answer. It is written down as refused before anybody is called: so nothing that the callback
    /// does can use the request again, and a refusal needs no more gas than its event.
    function _fulfil(Asked memory asked, uint8 version, bytes memory response, uint256 refund)
        internal
        returns (bool accepted)
    {
        uint8 form = _requireOpen(asked);
        if (form & ~MORE > version) revert DataVersionOutOfBounds();
        if (refund > asked.payment) revert RefundAbovePayment(asked.payment);
        bytes32 result = keccak256(response);
        bytes32 id = asked.id;
        bool polled = _isPolled(id, form);
        if (polled && !_vote(id, keccak256(abi.encode(result, refund)))) return false;
        emit OracleResponse(id);
        asked.payment -= refund;
        asked.until = block.timestamp + RETRY_WINDOW;
        form = (form & MORE) | REFUSED;
        _commitments[id] = Commitment(_hashOf(asked, result), form);
        if (refund != 0) {
            _release(refund);
            _refund(id, _boundOf(id, asked.callback, form), refund);
        }
        bytes memory reason;
        (accepted, reason) = _call(asked, polled, response);
        if (accepted) _earn(asked, form, polled);
        else emit CallbackRefused(id, asked.payment, asked.until, result, reason);
    }

    /// @dev The callback has accepted: only now what was kept is earned.
    function _earn(Asked memory asked, uint8 form, bool polled) internal {
        bytes32 id = asked.id;
        _release(asked.payment);
        _forget(id, form);
        if (polled) _share(id, _closePoll(id), asked.payment);
        emit CallbackAccepted(id, asked.payment);
    }

    /// @dev All of it back to where it was bound to.
    function _return(Asked memory asked, uint8 form) internal {
        bytes32 id = asked.id;
        address to = _boundOf(id, asked.callback, form);
        if (_isPolled(id, form)) _closePoll(id);
        _forget(id, form);
        _release(asked.payment);
        _refund(id, to, asked.payment);
    }

    /// @dev Who is called cannot be starved of gas by who pays it, nor starve him of the rest, nor flood him.
    function _call(Asked memory asked, bool polled, bytes memory response)
        internal
        returns (bool accepted, bytes memory reason)
    {
        bytes memory data = abi.encodePacked(asked.selector, response);
        address callback = asked.callback;
        uint256 kept = GAS_KEPT * (polled ? 1 + _nodeCount(asked.id) : 1);
        // A part in 64 stays here whatever is asked for. From this bound on that part is less than what is kept back,
        // or the callback has more than it was promised.
        if (gasleft() < CALLBACK_GAS + kept) revert TooLittleGas(CALLBACK_GAS + kept);
        uint256 most = REASON_MAX;
        assembly ("memory-safe") {
            accepted := call(sub(gas(), kept), callback, 0, add(data, 32), mload(data), 0, 0)
            if iszero(accepted) {
                let size := returndatasize()
                if gt(size, most) { size := most }
                reason := mload(64)
                mstore(64, add(reason, 320))
                mstore(reason, size)
                returndatacopy(add(reason, 32), 0, size)
            }
        }
    }

    function _requireOpen(Asked memory asked) internal view returns (uint8) {
        Commitment memory commitment = _commitments[asked.id];
        if (commitment.hash != _hashOf(asked) || commitment.form & REFUSED != 0) revert NotTheRequest(asked.id);
        return commitment.form;
    }

    function _requireExpired(Asked memory asked) internal view returns (uint8 form) {
        form = _requireOpen(asked);
        if (block.timestamp < asked.until) revert NotExpired(asked.until);
    }

    function _requireRefused(Asked memory asked, bytes32 result) internal view returns (uint8) {
        Commitment memory commitment = _commitments[asked.id];
        if (commitment.hash != _hashOf(asked, result) || commitment.form & REFUSED == 0) {
            revert NotTheRequest(asked.id);
        }
        return commitment.form;
    }

    function _isPolled(bytes32 id, uint8 form) internal view returns (bool) {
        return form & MORE != 0 && _more[id].polled;
    }

    function _boundOf(bytes32 id, address callback, uint8 form) internal view returns (address to) {
        if (form & MORE != 0) to = _more[id].refundTo;
        if (to == address(0)) to = callback;
    }

    function _idOf(address sender, uint256 nonce) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(sender, nonce));
    }

    function _hashOf(Asked memory asked) internal pure returns (bytes31) {
        return bytes31(keccak256(abi.encode(asked)));
    }

    function _hashOf(Asked memory asked, bytes32 result) internal pure returns (bytes31) {
        return bytes31(keccak256(abi.encode(asked, result)));
    }

    /// @dev What the pairs of a request say and most do not.
    function _isMoreSaid(bytes32 id, Draft memory draft) private returns (bool) {
        RequestPairs.Pairs memory pairs = RequestPairs.read(draft.data);
        address to = pairs.refundTo;
        // What came back to the operator would be its own, and tokens refuse themselves.
        if (to == address(TOKEN) || to == address(this) || to == draft.callback) to = address(0);
        bool polled = pairs.quorum > 1 || pairs.nodes.length > 0;
        if (polled) _openPoll(id, pairs);
        if (to == address(0) && !polled) return false;
        _more[id] = More(to, 0, polled);
        return true;
    }

    function _forget(bytes32 id, uint8 form) private {
        delete _commitments[id];
        if (form & MORE != 0) delete _more[id];
    }
}
