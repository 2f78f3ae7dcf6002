// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ITellingToken, OperatorConsumer} from "../../src/operator/OperatorConsumer.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

interface IReceiver {
    function onTokenTransfer(address from, uint256 amount, bytes calldata data) external;
}

/// @notice A token in the manner of ERC-677, that moves nothing to itself, and nothing to who is refused.
contract TellingToken is ERC20 {
    mapping(address account => bool isRefused) public refused;

    event Transfer(address indexed from, address indexed to, uint256 value, bytes data);

    error Refused(address account);

    constructor() ERC20("Telling", "TELL") {
        _mint(msg.sender, 1e27);
    }

    function refuse(address account, bool isRefused) external {
        refused[account] = isRefused;
    }

    function transferAndCall(address to, uint256 value, bytes calldata data) external returns (bool) {
        transfer(to, value);
        emit Transfer(msg.sender, to, value, data);
        IReceiver(to).onTokenTransfer(msg.sender, value, data);
        return true;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (refused[to] || to == address(this)) revert Refused(to);
        super._update(from, to, value);
    }
}

/// @notice Asks for one word, as most consumers do, and knows no way to cancel.
contract PlainConsumer is OperatorConsumer {
    bytes32 public answer;

    constructor(address token) {
        start(token);
    }

    function start(address token) public initializer {
        __OperatorConsumer_init(ITellingToken(token));
    }

    function ask(address operator, bytes32 specId, uint256 payment, string calldata service)
        external
        returns (bytes32)
    {
        Request memory request = Request(specId, this.fulfill.selector, "");
        _add(request, "service", service);
        return _send(operator, request, payment);
    }

    function fulfill(bytes32 requestId, bytes32 answer_) external fromOperator(requestId) {
        answer = answer_;
    }
}

/// @notice The same with a way to cancel.
contract CancellingConsumer is PlainConsumer {
    constructor(address token) PlainConsumer(token) {}

    function cancel(bytes32 requestId, uint256 payment, uint256 until) external {
        _cancel(requestId, payment, this.fulfill.selector, until);
    }
}

/// @notice Whatever a contract can do that is called back, and asks anything of anybody.
contract AnyConsumer {
    enum Mode {
        Accept,
        Refuse,
        BurnAndAccept,
        BurnAndRefuse,
        Heavy,
        Flood,
        CallOn,
        CallOnAndRefuse
    }

    Mode public mode;
    address private _target;
    bytes private _data;
    uint256 public accepted;
    bytes public last;
    bool public calledOn;
    bytes public calledOnSaid;

    error NotNow(uint256 number);

    function set(Mode mode_) external {
        mode = mode_;
    }

    function callOn(address target, bytes calldata data, Mode mode_) external {
        (_target, _data, mode) = (target, data, mode_);
    }

    /// @dev As this contract, anything.
    function act(address target, bytes calldata data) external returns (bytes memory said) {
        bool done;
        (done, said) = target.call(data);
        if (!done) {
            assembly ("memory-safe") {
                revert(add(said, 32), mload(said))
            }
        }
    }

    function told(bytes32, bytes calldata answer) external {
        if (mode == Mode.Refuse) revert NotNow(7);
        if (mode == Mode.CallOn || mode == Mode.CallOnAndRefuse) (calledOn, calledOnSaid) = _target.call(_data);
        if (mode == Mode.CallOnAndRefuse) revert NotNow(8);
        if (mode == Mode.Flood) {
            assembly ("memory-safe") {
                revert(0, 100000)
            }
        }
        accepted += 1;
        last = answer;
        if (mode == Mode.BurnAndRefuse) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        if (mode == Mode.Heavy) {
            uint256 most = gasleft();
            while (most - gasleft() < 330_000) {}
        }
        // Down to what a return takes.
        if (mode == Mode.BurnAndAccept) while (gasleft() > 1_000) {}
    }
}
