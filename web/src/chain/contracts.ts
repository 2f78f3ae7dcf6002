// What the console calls of the contracts, and the refusals that a person can meet. A test compares it with the artifacts.
import { parseAbi } from 'viem/utils';

export const STAKING = parseAbi([
  'function TOKEN() view returns (address)',
  'function accounts(address provider) view returns (uint96, uint96, uint64)',
  'function stake(uint256 amount)',
  'function beginUnstake(uint256 amount)',
  'function finishUnstake()',
  'function unbondingDelay() view returns (uint32)',
  'error InsufficientStake(uint256 stake)',
  'error StillUnbonding(uint256 until)',
  'error NothingUnbonding()',
  'error ZeroAmount()',
  'error AmountTooLarge()',
  'error OverCap()',
]);

export const TOKEN = parseAbi([
  'function balanceOf(address account) view returns (uint256)',
  'function allowance(address owner, address spender) view returns (uint256)',
  'function approve(address spender, uint256 value) returns (bool)',
  'function delegates(address account) view returns (address)',
  'function getVotes(address account) view returns (uint256)',
  'function delegate(address delegatee)',
  'error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)',
  'error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed)',
]);

export const ESCROW = parseAbi([
  'function accounts(address account) view returns (uint96, uint96, uint64)',
  'function balanceOf(address account) view returns (uint256)',
  'function claimable(address owner) view returns (uint256)',
  'function depositFor(address account, uint256 amount)',
  'function askExit(uint256 amount)',
  'function withdraw()',
  'error InsufficientBalance()',
  'error NothingToWithdraw()',
  'error Sponsored(address account)',
  'error ZeroAmount()',
]);

export const GOVERNOR = parseAbi([
  'function castVote(uint256 proposalId, uint8 support) returns (uint256)',
  'function castVoteWithReason(uint256 proposalId, uint8 support, string reason) returns (uint256)',
  'function hasVoted(uint256 proposalId, address account) view returns (bool)',
  'function getVotes(address account, uint256 timepoint) view returns (uint256)',
  'function proposalSnapshot(uint256 proposalId) view returns (uint256)',
  'error GovernorAlreadyCastVote(address voter)',
  'error GovernorUnexpectedProposalState(uint256 proposalId, uint8 current, bytes32 expectedStates)',
  'error GovernorNonexistentProposal(uint256 proposalId)',
]);
