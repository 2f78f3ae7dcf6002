// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ITellingToken, OperatorConsumer} from "../../../../contracts/evm/src/operator/OperatorConsumer.sol";

// A consumer that says which nodes it asks and how many of them have to agree; what is not spent stays here.
contract QuorumConsumer is OperatorConsumer {
    address public operator;
    mapping(bytes32 requestId => bytes answer) public results;
    mapping(bytes32 requestId => uint256 times) public answered;

    function initialize(address operator_, address token) external initializer {
        __OperatorConsumer_init(ITellingToken(token));
        operator = operator_;
    }

    function ask(string calldata service, string calldata data, string calldata nodes, string calldata quorum, uint256 fee)
        external
        returns (bytes32)
    {
        Request memory request = Request(bytes32(0), this.fulfil.selector, "");
        _add(request, "service", service);
        _add(request, "data", data);
        _add(request, "nodes", nodes);
        _add(request, "quorum", quorum);
        return _send(operator, request, fee);
    }

    function fulfil(bytes32 requestId, bytes calldata answer) external fromOperator(requestId) {
        results[requestId] = answer;
        ++answered[requestId];
    }
}
