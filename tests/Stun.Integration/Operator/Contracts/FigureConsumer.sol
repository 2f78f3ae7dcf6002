// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Chainlink, ChainlinkClient} from "@chainlink/contracts/src/v0.8/ChainlinkClient.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

// What a consumer for one figure offers (the tester of the prototype's first service), written anew on an older client
// library of Chainlink: version 0.6.1 of its npm package. It sends no data and no multiplier, and what is not spent
// goes to whoever asked. The .hex beside it is this file, compiled as SampleConsumer.
contract FigureConsumer is ChainlinkClient {
    using Chainlink for Chainlink.Request;

    string public yoyInflation;
    int256 public inflationWei;
    address public oracleId;
    string public jobId;
    uint256 public fee;

    constructor(address oracle, string memory job, uint256 payment, address token) {
        (oracleId, jobId, fee) = (oracle, job, payment);
        setChainlinkToken(token);
    }

    function requestYoyInflation() external returns (bytes32) {
        return _ask(this.fulfillYoyInflation.selector, "json", "");
    }

    function requestInflationWei() external returns (bytes32) {
        return _ask(this.fulfillInflationWei.selector, "int256", "1000000000000000000");
    }

    function fulfillYoyInflation(bytes32 requestId, bytes memory answer)
        external
        recordChainlinkFulfillment(requestId)
    {
        yoyInflation = string(answer);
    }

    function fulfillInflationWei(bytes32 requestId, bytes memory answer)
        external
        recordChainlinkFulfillment(requestId)
    {
        inflationWei = int256(uint256(bytes32(answer)));
    }

    function getChainlinkToken() external view returns (address) {
        return chainlinkTokenAddress();
    }

    function _ask(bytes4 callback, string memory abi_, string memory multiplier) private returns (bytes32) {
        Chainlink.Request memory request = buildChainlinkRequest(bytes32(bytes(jobId)), address(this), callback);
        request.add("service", "truflation/current");
        request.add("keypath", "yearOverYearInflation");
        request.add("abi", abi_);
        if (bytes(multiplier).length > 0) request.add("multiplier", multiplier);
        request.add("refundTo", Strings.toHexString(msg.sender));
        return sendChainlinkRequestTo(oracleId, request, fee);
    }
}
