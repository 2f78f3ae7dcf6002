// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {OperatorRequests} from "./OperatorRequests.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

/// @notice Where contracts ask the network: what a consumer of Chainlink's Operator sends, this one understands, and
/// answers in the same way.
///
///   onTokenTransfer ─► Open ── the answer ─► the callback accepts: earned, and forgotten
///                       │  │                └─ it refuses: Refused ── retryCallback ─► earned
///                       │  └─ extended                           └── expireRetry, after its window ─► returned
///                       └── cancelled, rejected, or expired: returned
///
/// What is returned goes to the address that was bound when the request was made: `refundTo` of its pairs, else the
/// contract that is called back. Nobody can choose another one.
contract Operator is OperatorRequests {
    /// @notice How far ahead one extension reaches, and how long after the request the last one.
    uint256 public constant EXTENSION_MAX = 1 hours;
    uint256 public constant LIFETIME_MAX = 1 days;

    /// @notice Whoever answers, cancels or expires the request has to bring the new expiration along from here on.
    event OracleRequestExtended(bytes32 indexed requestId, address indexed node, uint256 newExpiration);

    error AnotherDeployment();
    error ExtensionOutOfBounds(uint256 latest);
    error NoCodeAt(address token);
    error NotTheToken(address caller);
    error ResponseDiffers(bytes32 requestId);
    error RetryOver(uint256 until);
    error StillRefused(bytes reason);
    error UnknownCall(bytes4 selector);

    modifier onlyToken() {
        if (msg.sender != address(TOKEN)) revert NotTheToken(msg.sender);
        _;
    }

    constructor(IERC20 token, address owner) Ownable(owner) {
        if (address(token).code.length == 0) revert NoCodeAt(address(token));
        TOKEN = token;
    }

    /// @notice A request, by a transfer that tells its receiver.
    function onTokenTransfer(address sender, uint256 amount, bytes calldata data) external onlyToken {
        Draft memory draft;
        bytes4 selector = data.length < 4 ? bytes4(0) : bytes4(data[:4]);
        // The first two words are what the consumer believes about sender and amount; the token knows.
        if (selector == this.oracleRequest.selector) {
            (,, draft.specId, draft.callback, draft.selector, draft.nonce, draft.version, draft.data) =
                abi.decode(data[4:], (uint256, uint256, bytes32, address, bytes4, uint256, uint256, bytes));
        } else if (selector == this.operatorRequest.selector) {
            (,, draft.specId, draft.selector, draft.nonce, draft.version, draft.data) =
                abi.decode(data[4:], (uint256, uint256, bytes32, bytes4, uint256, uint256, bytes));
            draft.callback = sender;
        } else {
            revert UnknownCall(selector);
        }
        (draft.sender, draft.payment) = (sender, amount);
        _request(draft);
    }

    /// @notice The form of a request; what is called is `onTokenTransfer`.
    function oracleRequest(
        address sender,
        uint256 payment,
        bytes32 specId,
        address callbackAddress,
        bytes4 callbackFunctionId,
        uint256 nonce,
        uint256 dataVersion,
        bytes calldata data
    ) external onlyToken {
        _request(Draft(sender, payment, specId, callbackAddress, callbackFunctionId, nonce, dataVersion, data));
    }

    /// @notice The form of a request whose sender is called back.
    function operatorRequest(
        address sender,
        uint256 payment,
        bytes32 specId,
        bytes4 callbackFunctionId,
        uint256 nonce,
        uint256 dataVersion,
        bytes calldata data
    ) external onlyToken {
        _request(Draft(sender, payment, specId, sender, callbackFunctionId, nonce, dataVersion, data));
    }

    /// @notice An answer of one word.
    /// @return Whether the callback accepted it; false too for a vote that does not decide yet.
    function fulfillOracleRequest(
        bytes32 requestId,
        uint256 payment,
        address callbackAddress,
        bytes4 callbackFunctionId,
        uint256 expiration,
        bytes32 data
    ) external nonReentrant onlyAuthorized returns (bool) {
        Asked memory asked = Asked(requestId, payment, callbackAddress, callbackFunctionId, expiration);
        return _fulfil(asked, 1, abi.encode(requestId, data), 0);
    }

    /// @notice An answer of any types, the first of which is the request's id.
    function fulfillOracleRequest2(
        bytes32 requestId,
        uint256 payment,
        address callbackAddress,
        bytes4 callbackFunctionId,
        uint256 expiration,
        bytes calldata data
    ) external nonReentrant onlyAuthorized returns (bool) {
        _requirePlace(requestId, data, 0xe4);
        Asked memory asked = Asked(requestId, payment, callbackAddress, callbackFunctionId, expiration);
        return _fulfil(asked, 2, data, 0);
    }

    /// @notice The same, and what was paid too much goes back at once.
    function fulfillOracleRequest2AndRefund(
        bytes32 requestId,
        uint256 payment,
        address callbackAddress,
        bytes4 callbackFunctionId,
        uint256 expiration,
        bytes calldata data,
        uint256 refund
    ) external nonReentrant onlyAuthorized returns (bool) {
        _requirePlace(requestId, data, 0x104);
        Asked memory asked = Asked(requestId, payment, callbackAddress, callbackFunctionId, expiration);
        return _fulfil(asked, 2, data, refund);
    }

    /// @notice A node that will not answer gives the payment back; with a quorum, as many as would have to agree.
    function rejectOracleRequest(
        bytes32 requestId,
        uint256 payment,
        address callbackAddress,
        bytes4 callbackFunctionId,
        uint256 expiration,
        address
    ) external nonReentrant onlyAuthorized {
        Asked memory asked = Asked(requestId, payment, callbackAddress, callbackFunctionId, expiration);
        uint8 form = _requireOpen(asked);
        if (_isPolled(requestId, form) && !_vote(requestId, REJECTED)) return;
        emit CancelOracleRequest(requestId);
        _return(asked, form);
    }

    /// @notice The contract that would be called back, after the expiration.
    function cancelOracleRequest(
        bytes32 requestId,
        uint256 payment,
        bytes4 callbackFunc,
        uint256 expiration
    ) external {
        _cancel(Asked(requestId, payment, msg.sender, callbackFunc, expiration));
    }

    /// @notice The same by the number of the request.
    function cancelOracleRequestByRequester(
        uint256 nonce,
        uint256 payment,
        bytes4 callbackFunc,
        uint256 expiration
    ) external {
        _cancel(Asked(_idOf(msg.sender, nonce), payment, msg.sender, callbackFunc, expiration));
    }

    /// @notice Anybody, after the expiration: the whole payment goes back.
    function expireOracleRequest(
        bytes32 requestId,
        uint256 payment,
        address callbackAddr,
        bytes4 callbackFunctionId,
        uint256 expiration
    ) external nonReentrant {
        Asked memory asked = Asked(requestId, payment, callbackAddr, callbackFunctionId, expiration);
        uint8 form = _requireExpired(asked);
        emit OracleRequestExpired(requestId, _boundOf(requestId, callbackAddr, form), payment);
        _return(asked, form);
    }

    /// @notice A node that works on a request says that it needs longer.
    function extendOracleRequest(
        bytes32 requestId,
        uint256 payment,
        address callbackAddr,
        bytes4 callbackFunctionId,
        uint256 expiration,
        uint256 newExpiration
    ) external onlyAuthorized {
        Asked memory asked = Asked(requestId, payment, callbackAddr, callbackFunctionId, expiration);
        uint8 form = _requireOpen(asked);
        if (_isPolled(requestId, form)) _requireNamed(requestId);
        More storage more = _more[requestId];
        uint256 latest = more.latest;
        if (latest == 0) {
            latest = expiration - EXPIRY + LIFETIME_MAX;
            more.latest = uint64(latest);
        }
        if (latest > block.timestamp + EXTENSION_MAX) latest = block.timestamp + EXTENSION_MAX;
        if (block.timestamp >= expiration || newExpiration <= expiration || newExpiration > latest) {
            revert ExtensionOutOfBounds(latest);
        }
        asked.until = newExpiration;
        _commitments[requestId] = Commitment(_hashOf(asked), form | MORE);
        emit OracleRequestExtended(requestId, msg.sender, newExpiration);
    }

    /// @notice Anybody brings a refused answer once more.
    /// @param kept, retryUntil As `CallbackRefused` said.
    /// @param data As the answer said.
    function retryCallback(
        bytes32 requestId,
        uint256 kept,
        address callbackAddr,
        bytes4 callbackFunctionId,
        uint256 retryUntil,
        bytes calldata data
    ) external nonReentrant {
        Asked memory asked = Asked(requestId, kept, callbackAddr, callbackFunctionId, retryUntil);
        uint8 form = _requireRefused(asked, keccak256(data));
        if (block.timestamp >= retryUntil) revert RetryOver(retryUntil);
        bool polled = _isPolled(requestId, form);
        (bool accepted, bytes memory reason) = _call(asked, polled, data);
        if (!accepted) revert StillRefused(reason);
        _earn(asked, form, polled);
    }

    /// @notice Anybody, when a refused answer can no longer be brought: what was kept goes back.
    function expireRetry(
        bytes32 requestId,
        uint256 kept,
        address callbackAddr,
        bytes4 callbackFunctionId,
        uint256 retryUntil,
        bytes32 result
    ) external nonReentrant {
        Asked memory asked = Asked(requestId, kept, callbackAddr, callbackFunctionId, retryUntil);
        uint8 form = _requireRefused(asked, result);
        if (block.timestamp < retryUntil) revert NotExpired(retryUntil);
        emit RetryExpired(requestId, _boundOf(requestId, callbackAddr, form), kept);
        _return(asked, form);
    }

    /// @notice What the deployment of a proxy calls. There is none: the constructor has said it all.
    function initialize(address token, address owner_) external view {
        if (token != address(TOKEN) || owner_ != owner()) revert AnotherDeployment();
    }

    function getChainlinkToken() external view returns (address) {
        return address(TOKEN);
    }

    function getExpiryTime() external pure returns (uint256) {
        return EXPIRY;
    }

    function typeAndVersion() external pure returns (string memory) {
        return "Operator/HPC 1.0.0";
    }

    function _cancel(Asked memory asked) private {
        uint8 form = _requireExpired(asked);
        emit CancelOracleRequest(asked.id);
        _return(asked, form);
    }

    /// @dev The form that all nodes send, and no other: data right behind the arguments, its first word the id.
    function _requirePlace(bytes32 requestId, bytes calldata data, uint256 place) private pure {
        uint256 start;
        assembly ("memory-safe") {
            start := data.offset
        }
        if (start != place || data.length < 32 || bytes32(data[:32]) != requestId) revert ResponseDiffers(requestId);
    }
}
