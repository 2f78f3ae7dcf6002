// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

/// @notice Which nodes may answer. The owner alone names them: a node that is stolen names no others.
abstract contract AuthorizedSenders is Ownable2Step {
    uint256 public constant SENDERS_MAX = 64;

    address[] private _senders;
    mapping(address node => bool allowed) private _isAuthorized;

    event AuthorizedSendersChanged(address[] senders, address changedBy);

    /// @notice As oracle contracts say it; `OwnershipTransferStarted` says the same.
    event OwnershipTransferRequested(address indexed from, address indexed to);

    error NotAuthorized(address sender);
    error NotWithoutOwner();
    error SendersOutOfBounds();
    error SenderTwice(address sender);

    modifier onlyAuthorized() {
        if (!_isAuthorized[msg.sender]) revert NotAuthorized(msg.sender);
        _;
    }

    /// @notice Puts these in the place of all that were named before.
    function setAuthorizedSenders(address[] calldata senders) external onlyOwner {
        if (senders.length == 0 || senders.length > SENDERS_MAX) revert SendersOutOfBounds();
        for (uint256 i = 0; i < _senders.length; ++i) _isAuthorized[_senders[i]] = false;
        for (uint256 i = 0; i < senders.length; ++i) {
            if (_isAuthorized[senders[i]]) revert SenderTwice(senders[i]);
            _isAuthorized[senders[i]] = true;
        }
        _senders = senders;
        emit AuthorizedSendersChanged(senders, msg.sender);
    }

    function getAuthorizedSenders() public view returns (address[] memory) {
        return _senders;
    }

    function isAuthorizedSender(address sender) public view returns (bool) {
        return _isAuthorized[sender];
    }

    function transferOwnership(address to) public override {
        super.transferOwnership(to);
        emit OwnershipTransferRequested(msg.sender, to);
    }

    /// @dev What is earned would be nobody's.
    function renounceOwnership() public view override onlyOwner {
        revert NotWithoutOwner();
    }
}
