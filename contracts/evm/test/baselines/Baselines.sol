// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice A task registry as one writes it first: a record per task, the price held in it, paid at completion.
contract NaiveRegistry {
    struct Entry {
        address requester;
        address provider;
        bytes32 spec;
        bytes32 result;
        uint256 price;
        bool completed;
    }

    mapping(uint256 id => Entry entry) public entries;
    uint256 public count;

    event Submitted(uint256 indexed id, address indexed requester, bytes32 spec, uint256 price);
    event Completed(uint256 indexed id, address indexed provider, bytes32 result);

    error NotOpen();
    error NotPaid();

    function submitTask(bytes32 spec) external payable returns (uint256 id) {
        id = count++;
        entries[id] = Entry(msg.sender, address(0), spec, 0, msg.value, false);
        emit Submitted(id, msg.sender, spec, msg.value);
    }

    function completeTask(uint256 id, bytes32 result) external {
        Entry storage entry = entries[id];
        if (entry.completed || entry.requester == address(0)) revert NotOpen();
        (entry.completed, entry.provider, entry.result) = (true, msg.sender, result);
        emit Completed(id, msg.sender, result);
        (bool paid,) = msg.sender.call{value: entry.price}("");
        if (!paid) revert NotPaid();
    }
}

interface ICurrency {
    function transfer(address to, uint256 amount) external returns (bool);
    function transferFrom(address from, address to, uint256 amount) external returns (bool);
}

/// @notice The same registry with prices in a token, as the escrow has them, instead of the chain's own coin.
contract NaiveTokenRegistry {
    struct Entry {
        address requester;
        address provider;
        bytes32 spec;
        bytes32 result;
        uint256 price;
        bool completed;
    }

    ICurrency private immutable TOKEN;
    mapping(uint256 id => Entry entry) public entries;
    uint256 public count;

    event Submitted(uint256 indexed id, address indexed requester, bytes32 spec, uint256 price);
    event Completed(uint256 indexed id, address indexed provider, bytes32 result);

    error NotOpen();
    error NotPaid();

    constructor(address token) {
        TOKEN = ICurrency(token);
    }

    function submitTask(bytes32 spec, uint256 price) external returns (uint256 id) {
        id = count++;
        entries[id] = Entry(msg.sender, address(0), spec, 0, price, false);
        emit Submitted(id, msg.sender, spec, price);
        if (!TOKEN.transferFrom(msg.sender, address(this), price)) revert NotPaid();
    }

    function completeTask(uint256 id, bytes32 result) external {
        Entry storage entry = entries[id];
        if (entry.completed || entry.requester == address(0)) revert NotOpen();
        (entry.completed, entry.provider, entry.result) = (true, msg.sender, result);
        emit Completed(id, msg.sender, result);
        if (!TOKEN.transfer(msg.sender, entry.price)) revert NotPaid();
    }
}

/// @notice Request and fulfil, as oracles do it: a token transfer that tells its receiver, one commitment stored, an event
/// with the request; at fulfilment the commitment is cleared, the price withdrawn, the requester's contract called back.
contract RequestFulfil {
    mapping(bytes32 id => bytes31 commitment) private _commitments;
    mapping(address node => bool allowed) private _nodes;
    uint256 private _earned = 1;
    uint256 private _inEscrow = 1;
    address private immutable TOKEN;

    event Requested(
        bytes32 indexed spec, address requester, bytes32 id, uint256 price, address target, bytes4 selector, uint256 until, bytes data
    );
    event Fulfilled(bytes32 indexed id);

    error Unknown();

    constructor(address token, address node) {
        TOKEN = token;
        _nodes[node] = true;
    }

    function onTokenTransfer(address from, uint256 price, bytes calldata data) external {
        (bytes32 spec, address target, bytes4 selector, uint256 nonce, bytes memory payload) =
            abi.decode(data, (bytes32, address, bytes4, uint256, bytes));
        bytes32 id = keccak256(abi.encodePacked(from, nonce));
        if (msg.sender != TOKEN || _commitments[id] != 0) revert Unknown();
        uint256 until = block.timestamp + 5 minutes;
        _inEscrow += price;
        _commitments[id] = bytes31(keccak256(abi.encode(price, target, selector, until)));
        emit Requested(spec, from, id, price, target, selector, until, payload);
    }

    function fulfil(bytes32 id, uint256 price, address target, bytes4 selector, uint256 until, bytes32 result)
        external
        returns (bool done)
    {
        if (!_nodes[msg.sender]) revert Unknown();
        if (_commitments[id] != bytes31(keccak256(abi.encode(price, target, selector, until)))) revert Unknown();
        _earned += price;
        _inEscrow -= price;
        delete _commitments[id];
        emit Fulfilled(id);
        (done,) = target.call(abi.encodeWithSelector(selector, id, result));
    }
}

/// @notice The contract that requests: keeps a nonce, a pending request, and the last result.
contract Asker {
    uint256 private _nonce = 1;
    bytes32 public result;
    mapping(bytes32 id => address oracle) private _pending;
    address private immutable TOKEN;

    event Asked(bytes32 indexed id);
    event Answered(bytes32 indexed id);

    error NotThatOracle();

    constructor(address token) {
        TOKEN = token;
    }

    function ask(address oracle, bytes32 spec, uint256 price, bytes calldata payload) external returns (bytes32 id) {
        uint256 nonce = _nonce++;
        id = keccak256(abi.encodePacked(address(this), nonce));
        _pending[id] = oracle;
        emit Asked(id);
        bytes memory data = abi.encode(spec, address(this), this.told.selector, nonce, payload);
        (bool ok,) = TOKEN.call(abi.encodeWithSignature("transferAndCall(address,uint256,bytes)", oracle, price, data));
        if (!ok) revert NotThatOracle();
    }

    function told(bytes32 id, bytes32 result_) external {
        if (_pending[id] != msg.sender) revert NotThatOracle();
        delete _pending[id];
        result = result_;
        emit Answered(id);
    }
}

/// @notice A token in the older manner (ERC-677), as oracles are paid in: one call to its receiver, nothing else.
contract LinkLike {
    mapping(address account => uint256 balance) public balances;

    event Transfer(address indexed from, address indexed to, uint256 value);
    event TransferWithData(address indexed from, address indexed to, uint256 value, bytes data);

    error TooLittle();

    constructor() {
        balances[msg.sender] = 1e27;
    }

    function transfer(address to, uint256 value) public returns (bool) {
        if (balances[msg.sender] < value) revert TooLittle();
        balances[msg.sender] -= value;
        balances[to] += value;
        emit Transfer(msg.sender, to, value);
        return true;
    }

    function transferAndCall(address to, uint256 value, bytes calldata data) external returns (bool) {
        transfer(to, value);
        emit TransferWithData(msg.sender, to, value, data);
        RequestFulfil(to).onTokenTransfer(msg.sender, value, data);
        return true;
    }
}
