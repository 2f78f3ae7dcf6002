// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice Who made a model, by the digest of its weights, and which share its creator asks for.
/// @dev Whoever comes first has the name; disputes about authorship are no business of a contract. An order names the
/// creator it pays, so a false entry here takes nothing from anybody who does not follow it.
contract ModelRegistry {
    struct Model {
        address creator;
        uint24 sharePpm;
        uint64 since;
    }

    /// @notice No more than the escrow's cap: a share that could never be paid is not to be asked for.
    uint256 public constant SHARE_PPM_MAX = 100_000;

    mapping(bytes32 digest => Model model) public models;
    mapping(bytes32 digest => address heir) public heirs;

    event ModelRegistered(bytes32 indexed digest, address indexed creator, uint24 sharePpm);
    event ShareChanged(bytes32 indexed digest, uint24 sharePpm);
    event CreatorOffered(bytes32 indexed digest, address indexed to);
    event CreatorChanged(bytes32 indexed digest, address indexed from, address indexed to);

    error AlreadyRegistered(address creator);
    error NoDigest();
    error NotOffered();
    error NotTheCreator();
    error ShareOutOfBounds();

    function register(bytes32 digest, uint24 sharePpm) external {
        if (digest == 0) revert NoDigest();
        if (models[digest].creator != address(0)) revert AlreadyRegistered(models[digest].creator);
        _requireShare(sharePpm);
        models[digest] = Model(msg.sender, sharePpm, uint64(block.timestamp));
        emit ModelRegistered(digest, msg.sender, sharePpm);
    }

    function setShare(bytes32 digest, uint24 sharePpm) external {
        _requireCreator(digest);
        _requireShare(sharePpm);
        models[digest].sharePpm = sharePpm;
        emit ShareChanged(digest, sharePpm);
    }

    /// @notice Offers a model to somebody else, who must accept: a mistyped address shall not take it. Zero withdraws.
    function offer(bytes32 digest, address to) external {
        _requireCreator(digest);
        heirs[digest] = to;
        emit CreatorOffered(digest, to);
    }

    function accept(bytes32 digest) external {
        if (heirs[digest] != msg.sender) revert NotOffered();
        address from = models[digest].creator;
        delete heirs[digest];
        models[digest].creator = msg.sender;
        emit CreatorChanged(digest, from, msg.sender);
    }

    function creatorOf(bytes32 digest) external view returns (address creator, uint24 sharePpm) {
        return (models[digest].creator, models[digest].sharePpm);
    }

    function _requireCreator(bytes32 digest) private view {
        if (models[digest].creator != msg.sender) revert NotTheCreator();
    }

    function _requireShare(uint24 sharePpm) private pure {
        if (sharePpm > SHARE_PPM_MAX) revert ShareOutOfBounds();
    }
}
