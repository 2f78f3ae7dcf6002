// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

// What the tests of the chain layer call: it keeps a number, says so, and refuses on demand.
contract Notebook {
    event Noted(address indexed who, uint256 number);

    error TooLarge(uint256 number);

    uint256 public last;

    constructor(uint256 first) {
        last = first;
    }

    function note(uint256 number) external {
        last = number;
        emit Noted(msg.sender, number);
    }

    function noteMany(uint256 first, uint256 count) external {
        for (uint256 at = 0; at < count; at++) emit Noted(msg.sender, first + at);
    }

    function refuse() external pure {
        revert("not today");
    }

    function refuseByName(uint256 number) external pure {
        revert TooLarge(number);
    }
}

// The one function of Multicall3 that is used, with its form.
contract Collector {
    struct Call {
        address target;
        bool allowFailure;
        bytes callData;
    }

    struct Result {
        bool success;
        bytes returnData;
    }

    function aggregate3(Call[] calldata calls) external payable returns (Result[] memory results) {
        results = new Result[](calls.length);
        for (uint256 at = 0; at < calls.length; at++) {
            (results[at].success, results[at].returnData) = calls[at].target.call(calls[at].callData);
            require(results[at].success || calls[at].allowFailure, "a call failed");
        }
    }
}
