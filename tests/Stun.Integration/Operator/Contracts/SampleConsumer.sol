// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Chainlink, ChainlinkClient} from "@chainlink/contracts/src/v0.8/ChainlinkClient.sol";
import {LinkTokenInterface} from "@chainlink/contracts/src/v0.8/shared/interfaces/LinkTokenInterface.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

// What a consumer of the prototype offers (its sample, without a proxy), written anew on the client library that
// Chainlink publishes: version 1.1.1 of its npm package, and not ours. The .hex beside it is this file, compiled by
// solc 0.8.30 with 2,000 runs of the optimizer and without metadata.
contract SampleConsumer is ChainlinkClient {
    using Chainlink for Chainlink.Request;

    address public immutable owner = msg.sender;
    address public oracleId;
    string public jobId;
    uint256 public fee;
    bytes public result;
    mapping(bytes32 requestId => bytes answer) public results;

    error NotTheOwner();

    modifier onlyOwner() {
        if (msg.sender != owner) revert NotTheOwner();
        _;
    }

    constructor(address oracle, string memory job, uint256 payment, address token) {
        (oracleId, jobId, fee) = (oracle, job, payment);
        _setChainlinkToken(token);
    }

    function doRequest(
        string calldata service,
        string calldata data,
        string calldata keypath,
        string calldata abi_,
        string calldata multiplier
    ) external returns (bytes32) {
        return _sendChainlinkRequestTo(oracleId, _requestOf(service, data, keypath, abi_, multiplier), fee);
    }

    function doTransferAndRequest(
        string calldata service,
        string calldata data,
        string calldata keypath,
        string calldata abi_,
        string calldata multiplier,
        uint256 payment
    ) external returns (bytes32) {
        Chainlink.Request memory request = _requestOf(service, data, keypath, abi_, multiplier);
        request._add("refundTo", Strings.toHexString(msg.sender));
        require(_token().transferFrom(msg.sender, address(this), payment));
        return _sendChainlinkRequestTo(oracleId, request, payment);
    }

    function fulfillBytes(bytes32 requestId, bytes memory answer) external recordChainlinkFulfillment(requestId) {
        result = results[requestId] = answer;
    }

    function changeOracle(address oracle) external onlyOwner {
        oracleId = oracle;
    }

    function changeJobId(string calldata job) external onlyOwner {
        jobId = job;
    }

    function changeFee(uint256 payment) external onlyOwner {
        fee = payment;
    }

    function changeToken(address token) external onlyOwner {
        _setChainlinkToken(token);
    }

    function withdrawLink() external onlyOwner {
        require(_token().transfer(owner, _token().balanceOf(address(this))));
    }

    function getToken() external view returns (address) {
        return _chainlinkTokenAddress();
    }

    function getInt256(bytes32 requestId) external view returns (int256) {
        return int256(uint256(bytes32(results[requestId])));
    }

    function _requestOf(
        string calldata service,
        string calldata data,
        string calldata keypath,
        string calldata abi_,
        string calldata multiplier
    ) private view returns (Chainlink.Request memory request) {
        request = _buildChainlinkRequest(bytes32(bytes(jobId)), address(this), this.fulfillBytes.selector);
        request._add("service", service);
        request._add("data", data);
        request._add("keypath", keypath);
        request._add("abi", abi_);
        request._add("multiplier", multiplier);
    }

    function _token() private view returns (LinkTokenInterface) {
        return LinkTokenInterface(_chainlinkTokenAddress());
    }
}
