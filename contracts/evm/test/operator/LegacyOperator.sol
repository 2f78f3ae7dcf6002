// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice An operator as there were before, with the faults that tests must be able to see, and the baseline of what a
/// request costs: a word for each, escrow as one number, whoever is authorised is believed.
contract LegacyOperator {
    struct Wanted {
        bytes32 specId;
        address callback;
        bytes4 fn;
        uint256 nonce;
        uint256 version;
        bytes pairs;
    }

    mapping(bytes32 id => bytes32 commitment) private _commitments;
    mapping(address node => bool allowed) private _authorized;
    mapping(bytes32 id => uint256 amount) public refunds;
    uint256 private _inEscrow = 1;
    IERC20 private immutable TOKEN;
    address private immutable OWNER;

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
    event OracleResponse(bytes32 indexed requestId);
    event CancelOracleRequest(bytes32 indexed requestId);

    error No();

    constructor(IERC20 token, address owner) {
        (TOKEN, OWNER) = (token, owner);
    }

    function setAuthorizedSenders(address[] calldata nodes) external {
        if (msg.sender != OWNER) revert No();
        for (uint256 i = 0; i < nodes.length; ++i) _authorized[nodes[i]] = true;
    }

    function onTokenTransfer(address sender, uint256 amount, bytes calldata data) external {
        Wanted memory wanted;
        (,, wanted.specId, wanted.callback, wanted.fn, wanted.nonce, wanted.version, wanted.pairs) =
            abi.decode(data[4:], (address, uint256, bytes32, address, bytes4, uint256, uint256, bytes));
        bytes32 id = keccak256(abi.encodePacked(sender, wanted.nonce));
        if (msg.sender != address(TOKEN) || _commitments[id] != 0) revert No();
        uint256 until = block.timestamp + 5 minutes;
        _commitments[id] = _hash(amount, wanted.callback, wanted.fn, until);
        _inEscrow += amount;
        emit OracleRequest(
            wanted.specId, sender, id, amount, sender, wanted.fn, until, wanted.version, wanted.pairs
        );
    }

    function fulfillOracleRequest2(
        bytes32 id,
        uint256 payment,
        address callback,
        bytes4 fn,
        uint256 until,
        bytes calldata data
    ) external returns (bool done) {
        _close(id, payment, callback, fn, until);
        _inEscrow -= payment;
        emit OracleResponse(id);
        (done,) = callback.call(abi.encodePacked(fn, data));
    }

    function fulfillOracleRequest2AndRefund(
        bytes32 id,
        uint256 payment,
        address callback,
        bytes4 fn,
        uint256 until,
        bytes calldata data,
        uint256 refund
    ) external returns (bool done) {
        _close(id, payment, callback, fn, until);
        _inEscrow = _inEscrow - payment + refund;
        refunds[id] = refund;
        emit OracleResponse(id);
        (done,) = callback.call(abi.encodePacked(fn, data));
    }

    function processRefund(bytes32 id, address to) external {
        if (!_authorized[msg.sender]) revert No();
        uint256 amount = refunds[id];
        if (amount == 0) revert No();
        delete refunds[id];
        _inEscrow -= amount;
        TOKEN.transfer(to, amount);
    }

    function rejectOracleRequest(
        bytes32 id,
        uint256 payment,
        address callback,
        bytes4 fn,
        uint256 until,
        address to
    ) external {
        _close(id, payment, callback, fn, until);
        emit CancelOracleRequest(id);
        TOKEN.transfer(to, payment);
    }

    function cancelOracleRequest(bytes32 id, uint256 payment, bytes4 fn, uint256 until) external {
        if (_commitments[id] != _hash(payment, msg.sender, fn, until) || until > block.timestamp) revert No();
        delete _commitments[id];
        emit CancelOracleRequest(id);
        TOKEN.transfer(msg.sender, payment);
    }

    function cancelOracleRequestByRequester(uint256 nonce, uint256 payment, bytes4 fn, uint256 until) external {
        bytes32 id = keccak256(abi.encodePacked(msg.sender, nonce));
        if (_commitments[id] != _hash(payment, msg.sender, fn, until) || until > block.timestamp) revert No();
        delete _commitments[id];
        emit CancelOracleRequest(id);
        TOKEN.transfer(msg.sender, payment);
    }

    function withdraw(address to, uint256 amount) external {
        if (msg.sender != OWNER || amount > withdrawable()) revert No();
        TOKEN.transfer(to, amount);
    }

    function withdrawable() public view returns (uint256) {
        return TOKEN.balanceOf(address(this)) - (_inEscrow - 1);
    }

    function _close(bytes32 id, uint256 payment, address callback, bytes4 fn, uint256 until) private {
        if (!_authorized[msg.sender] || _commitments[id] != _hash(payment, callback, fn, until)) revert No();
        delete _commitments[id];
    }

    function _hash(uint256 payment, address callback, bytes4 fn, uint256 until) private pure returns (bytes32) {
        return keccak256(abi.encode(payment, callback, fn, until));
    }
}

/// @notice A consumer as there were before: anybody may begin its count again.
contract LegacyConsumer {
    uint256 private _count = 1;
    IERC20 private immutable TOKEN;

    error No();

    constructor(address token) {
        TOKEN = IERC20(token);
    }

    // solhint-disable-next-line func-name-mixedcase
    function __HpcClient_init() public {
        _count = 1;
    }

    function ask(address operator, bytes32 specId, uint256 payment, string calldata) external returns (bytes32 id) {
        id = keccak256(abi.encodePacked(address(this), _count));
        bytes memory data = abi.encodeWithSelector(
            0x40429946, address(0), 0, specId, address(this), this.fulfill.selector, _count++, 1, bytes("")
        );
        (bool done,) = address(TOKEN).call(
            abi.encodeWithSignature("transferAndCall(address,uint256,bytes)", operator, payment, data)
        );
        if (!done) revert No();
    }

    function fulfill(bytes32, bytes32) external {}
}
