// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";

/// @notice A token whose transfers tell their receiver: ERC-677, and ERC-1363 in the same form.
interface ITellingToken is IERC20 {
    function transferAndCall(address to, uint256 value, bytes calldata data) external returns (bool);
}

/// @notice What a consumer calls at an operator.
interface IOperator {
    function oracleRequest(
        address sender,
        uint256 payment,
        bytes32 specId,
        address callbackAddress,
        bytes4 callbackFunctionId,
        uint256 nonce,
        uint256 dataVersion,
        bytes calldata data
    ) external;

    function cancelOracleRequest(bytes32 requestId, uint256 payment, bytes4 callbackFunc, uint256 expiration)
        external;
}

/// @notice For contracts that ask the network: counts requests, writes them, takes answers from whom they asked.
abstract contract OperatorConsumer is Initializable {
    /// @dev A request that is being written.
    struct Request {
        bytes32 specId;
        bytes4 callback;
        bytes data;
    }

    ITellingToken internal _token;
    uint256 private _requests;
    mapping(bytes32 requestId => address operator) private _pending;

    event ChainlinkRequested(bytes32 indexed id);
    event ChainlinkFulfilled(bytes32 indexed id);
    event ChainlinkCancelled(bytes32 indexed id);

    error NotPending(bytes32 requestId);
    error NotTheOperator(address caller);
    error TransferRefused();

    /// @dev For a callback: its request is pending, and asked of whoever calls. It is answered once.
    modifier fromOperator(bytes32 requestId) {
        address operator = _pending[requestId];
        if (operator == address(0)) revert NotPending(requestId);
        if (operator != msg.sender) revert NotTheOperator(msg.sender);
        delete _pending[requestId];
        emit ChainlinkFulfilled(requestId);
        _;
    }

    /// @notice Which operator still owes an answer; zero where none does.
    function pendingAt(bytes32 requestId) external view returns (address operator) {
        return _pending[requestId];
    }

    /// @dev Once. The count of requests is nobody's to set: a number used again would be refused, or answered twice.
    // solhint-disable-next-line func-name-mixedcase
    function __OperatorConsumer_init(ITellingToken token) internal onlyInitializing {
        _token = token;
    }

    function _add(Request memory request, string memory key, string memory value) internal pure {
        request.data = bytes.concat(request.data, _head(bytes(key).length), bytes(key));
        request.data = bytes.concat(request.data, _head(bytes(value).length), bytes(value));
    }

    function _send(address operator, Request memory request, uint256 payment) internal returns (bytes32 requestId) {
        uint256 nonce = ++_requests;
        requestId = keccak256(abi.encodePacked(address(this), nonce));
        _pending[requestId] = operator;
        emit ChainlinkRequested(requestId);
        // Sender and amount are told by the token.
        bytes memory data = abi.encodeCall(
            IOperator.oracleRequest,
            (address(0), 0, request.specId, address(this), request.callback, nonce, 1, request.data)
        );
        if (!_token.transferAndCall(operator, payment, data)) revert TransferRefused();
    }

    /// @dev After the expiration that the operator's event told. The money goes where the request was bound to.
    function _cancel(bytes32 requestId, uint256 payment, bytes4 callback, uint256 expiration) internal {
        address operator = _pending[requestId];
        if (operator == address(0)) revert NotPending(requestId);
        delete _pending[requestId];
        emit ChainlinkCancelled(requestId);
        IOperator(operator).cancelOracleRequest(requestId, payment, callback, expiration);
    }

    /// @dev The head of a CBOR text, as short as it can be.
    function _head(uint256 length) private pure returns (bytes memory) {
        if (length < 24) return abi.encodePacked(uint8(0x60 + length));
        if (length <= type(uint8).max) return abi.encodePacked(uint8(0x78), uint8(length));
        if (length <= type(uint16).max) return abi.encodePacked(uint8(0x79), uint16(length));
        // Nobody can pay for the gas of more than 32 bits of length.
        return abi.encodePacked(uint8(0x7a), uint32(length));
    }
}
