// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

struct Point {
    int64 x;
    uint96 y;
}

/// One of everything that a binding has to tell apart. It is compiled and never deployed on a chain that matters.
contract Sample {
    struct Route {
        bytes16 task;
        string name;
        Point[] points;
        bytes4 event_;
    }

    enum State {
        Open,
        Closed
    }

    event Moved(address indexed from, uint64 indexed number, Point to, bytes data);
    event Tagged(string indexed tag, bytes32 indexed root, bool indexed isNew);
    event Moment(uint48 moment);
    event Nothing();

    error Refused();
    error TooFar(address who, uint256 distance, Route route);
    error Refusal(uint8 refusal);

    address public immutable token;
    uint128 public total;

    constructor(address token_, uint128[2] memory totals, string memory name) {
        token = token_;
        total = totals[0] + totals[1] + uint128(bytes(name).length);
    }

    function move(address to, uint96 amount) external returns (bool) {
        emit Moved(to, uint64(amount), Point(1, amount), msg.data);
        emit Tagged("tag", blockhash(1), true);
        emit Moment(uint48(block.timestamp));
        emit Nothing();
        return true;
    }

    function move(address to, uint96 amount, bytes calldata data) external pure returns (bool) {
        return to != address(0) && amount > data.length;
    }

    function route(Route calldata given, Point[2][] calldata grid, State state)
        external
        pure
        returns (Route memory, uint256 count, State)
    {
        if (grid.length == 0) revert TooFar(address(1), 7, given);
        return (given, grid.length, state);
    }

    function at(uint40 number) external pure returns (bytes32 root, uint64 payableAt) {
        if (number == 0) revert Refused();
        if (number == 1) revert Refusal(9);
        return (bytes32(uint256(number)), number);
    }

    function signedOnes(int8 a, int128 b, int256 c) external pure returns (int8, int128, int256) {
        return (c < 0 ? a : -a, b, c);
    }

    function names(string[] calldata given) external pure returns (string[] memory) {
        return given;
    }

    function sample() external pure returns (Point[2] memory both) {
        both[1].x = -5;
    }
}
