// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ITellingToken, OperatorConsumer} from "./OperatorConsumer.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

/// @notice A consumer for any service of the network, as the prototype's example: five texts in, bytes out.
contract ExampleConsumer is OperatorConsumer {
    using SafeERC20 for ITellingToken;

    address public owner;
    bytes public result;
    mapping(bytes32 requestId => bytes answer) public results;
    address public oracleId;
    string public jobId;
    uint256 public fee;

    event OwnershipTransferred(address indexed from, address indexed to);

    error BadSpec();
    error NotTheOwner(address caller);
    error ZeroOwner();

    modifier onlyOwner() {
        if (msg.sender != owner) revert NotTheOwner(msg.sender);
        _;
    }

    /// @notice Once, by whoever deploys it, in the transaction that deploys it or the next.
    function initialize(address oracleId_, string calldata jobId_, uint256 fee_, address token_) external initializer {
        __OperatorConsumer_init(ITellingToken(token_));
        _setJob(jobId_);
        (owner, oracleId, fee) = (msg.sender, oracleId_, fee_);
        emit OwnershipTransferred(address(0), msg.sender);
    }

    /// @notice Pays with this contract's own tokens: anybody may, and what is refunded comes back here.
    function doRequest(
        string calldata service_,
        string calldata data_,
        string calldata keypath_,
        string calldata abi_,
        string calldata multiplier_
    ) external returns (bytes32 requestId) {
        return _send(oracleId, _requestOf(service_, data_, keypath_, abi_, multiplier_), fee);
    }

    /// @notice Pays with the caller's tokens, which he has approved; what is refunded goes to him.
    function doTransferAndRequest(
        string calldata service_,
        string calldata data_,
        string calldata keypath_,
        string calldata abi_,
        string calldata multiplier_,
        uint256 fee_
    ) external returns (bytes32 requestId) {
        Request memory request = _requestOf(service_, data_, keypath_, abi_, multiplier_);
        _token.safeTransferFrom(msg.sender, address(this), fee_);
        _add(request, "refundTo", Strings.toHexString(msg.sender));
        return _send(oracleId, request, fee_);
    }

    function fulfillBytes(bytes32 requestId, bytes calldata bytesData) external fromOperator(requestId) {
        result = bytesData;
        results[requestId] = bytesData;
    }

    function changeOracle(address oracle) external onlyOwner {
        oracleId = oracle;
    }

    function changeJobId(string calldata jobId_) external onlyOwner {
        _setJob(jobId_);
    }

    function changeFee(uint256 fee_) external onlyOwner {
        fee = fee_;
    }

    function changeToken(address token) external onlyOwner {
        _token = ITellingToken(token);
    }

    function withdrawLink() external onlyOwner {
        _token.safeTransfer(msg.sender, _token.balanceOf(address(this)));
    }

    function transferOwnership(address to) external onlyOwner {
        if (to == address(0)) revert ZeroOwner();
        owner = to;
        emit OwnershipTransferred(msg.sender, to);
    }

    function getToken() external view returns (address) {
        return address(_token);
    }

    function getChainlinkToken() external view returns (address) {
        return address(_token);
    }

    function typeAndVersion() external pure returns (string memory) {
        return "HPC 0.2";
    }

    function _setJob(string calldata jobId_) private {
        // The digits of a UUID without dashes, as text.
        if (bytes(jobId_).length != 32) revert BadSpec();
        jobId = jobId_;
    }

    function _requestOf(
        string calldata service_,
        string calldata data_,
        string calldata keypath_,
        string calldata abi_,
        string calldata multiplier_
    ) private view returns (Request memory request) {
        (request.specId, request.callback) = (bytes32(bytes(jobId)), this.fulfillBytes.selector);
        _add(request, "service", service_);
        _add(request, "data", data_);
        _add(request, "keypath", keypath_);
        _add(request, "abi", abi_);
        _add(request, "multiplier", multiplier_);
    }
}
