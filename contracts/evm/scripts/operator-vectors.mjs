// Writes contracts/spec/vectors/operator.json: what consumers, operators and nodes send each other, computed by viem
// and by a few lines of CBOR here, not by the contracts. The contracts' tests and the node's tests read it. `--check`
// compares.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  concat, encodeAbiParameters, encodeFunctionData, encodePacked, getContractAddress, keccak256, parseAbi, size,
  stringToHex, toEventSelector, toFunctionSelector, toHex,
} from 'viem';
import { mnemonicToAccount } from 'viem/accounts';

const target = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'spec', 'vectors', 'operator.json');

const functions = [
  'oracleRequest(address,uint256,bytes32,address,bytes4,uint256,uint256,bytes)',
  'operatorRequest(address,uint256,bytes32,bytes4,uint256,uint256,bytes)',
  'fulfillOracleRequest(bytes32,uint256,address,bytes4,uint256,bytes32)',
  'fulfillOracleRequest2(bytes32,uint256,address,bytes4,uint256,bytes)',
  'fulfillOracleRequest2AndRefund(bytes32,uint256,address,bytes4,uint256,bytes,uint256)',
  'processRefund(bytes32,address)',
  'rejectOracleRequest(bytes32,uint256,address,bytes4,uint256,address)',
  'cancelOracleRequest(bytes32,uint256,bytes4,uint256)',
  'cancelOracleRequestByRequester(uint256,uint256,bytes4,uint256)',
  'expireOracleRequest(bytes32,uint256,address,bytes4,uint256)',
  'extendOracleRequest(bytes32,uint256,address,bytes4,uint256,uint256)',
  'retryCallback(bytes32,uint256,address,bytes4,uint256,bytes)',
  'expireRetry(bytes32,uint256,address,bytes4,uint256,bytes32)',
  'onTokenTransfer(address,uint256,bytes)', 'transferAndCall(address,uint256,bytes)',
  'setAuthorizedSenders(address[])', 'getAuthorizedSenders()', 'isAuthorizedSender(address)',
  'initialize(address,address)', 'initialize(address,string,uint256,address)',
  'doRequest(string,string,string,string,string)',
  'doTransferAndRequest(string,string,string,string,string,uint256)',
  'fulfillBytes(bytes32,bytes)', 'results(bytes32)', 'withdraw(address,uint256)', 'withdrawable()', 'getExpiryTime()',
  'typeAndVersion()', 'getChainlinkToken()', 'getToken()', 'transferOwnership(address)', 'acceptOwnership()',
];
const events = [
  'OracleRequest(bytes32,address,bytes32,uint256,address,bytes4,uint256,uint256,bytes)',
  'CancelOracleRequest(bytes32)', 'OracleResponse(bytes32)', 'ChainlinkRequested(bytes32)',
  'ChainlinkFulfilled(bytes32)', 'ChainlinkCancelled(bytes32)', 'AuthorizedSendersChanged(address[],address)',
  'Transfer(address,address,uint256,bytes)', 'OracleRequestExpired(bytes32,address,uint256)',
  'OracleRequestExtended(bytes32,address,uint256)', 'CallbackRefused(bytes32,uint256,uint256,bytes32,bytes)',
  'CallbackAccepted(bytes32,uint256)', 'RetryExpired(bytes32,address,uint256)', 'RefundPaid(bytes32,address,uint256)',
  'RefundOwed(bytes32,address,uint256)', 'Voted(bytes32,address,bytes32,uint256,uint256)',
  'Shared(bytes32,address,uint256)',
];

const abi = parseAbi([
  'function oracleRequest(address,uint256,bytes32,address,bytes4,uint256,uint256,bytes)',
  'function operatorRequest(address,uint256,bytes32,bytes4,uint256,uint256,bytes)',
  'function transferAndCall(address,uint256,bytes)',
  'function fulfillOracleRequest(bytes32,uint256,address,bytes4,uint256,bytes32)',
  'function fulfillOracleRequest2(bytes32,uint256,address,bytes4,uint256,bytes)',
  'function fulfillOracleRequest2AndRefund(bytes32,uint256,address,bytes4,uint256,bytes,uint256)',
  'function processRefund(bytes32,address)',
]);
const call = (functionName, args) => encodeFunctionData({ abi, functionName, args });

// A CBOR text with the shortest head there is (RFC 8949, 3.1).
function text(value) {
  const bytes = stringToHex(value);
  const length = size(bytes);
  if (length < 24) return concat([toHex(0x60 + length, { size: 1 }), bytes]);
  if (length < 256) return concat(['0x78', toHex(length, { size: 1 }), bytes]);
  return concat(['0x79', toHex(length, { size: 2 }), bytes]);
}
const cbor = (pairs) => concat(Object.entries(pairs).flatMap(([key, value]) => [text(key), text(value)]));
const zero = '0x0000000000000000000000000000000000000000';

function request({ requester, nonce, jobId, pairs, payment, callback, operator }) {
  const requestId = keccak256(encodePacked(['address', 'uint256'], [requester, nonce]));
  const specId = stringToHex(jobId);
  const data = cbor(pairs);
  const oracleRequest = call('oracleRequest', [zero, 0n, specId, requester, callback, nonce, 1n, data]);
  return {
    requester, nonce, requestId, jobId, specId, pairs, data, payment, callback, operator, oracleRequest,
    operatorRequest: call('operatorRequest', [zero, 0n, specId, callback, nonce, 2n, data]),
    transferAndCall: call('transferAndCall', [operator, payment, oracleRequest]),
  };
}

function answer({ requestId, requester, payment, callback }, expiration, result, refund) {
  const response = encodeAbiParameters([{ type: 'bytes32' }, { type: 'bytes' }], [requestId, result]);
  const to = [requestId, payment, requester, callback, expiration];
  return {
    expiration, result, refund, response, resultHash: keccak256(response),
    tx0: call('fulfillOracleRequest2AndRefund', [...to, response, refund]),
    tx1: call('processRefund', [requestId, requester]),
    withoutRefund: call('fulfillOracleRequest2', [...to, response]),
    callbackData: concat([callback, response]),
  };
}

const callback = toFunctionSelector('fulfillBytes(bytes32,bytes)');
const echo = request({
  requester: '0x2aBeB7AFC86612A6D9A1727aBc677270adc2422a', nonce: 1n, jobId: '5db955dabd334024861406858e1fbbe2',
  pairs: { service: 'echo', data: '1024', keypath: '', abi: '', multiplier: '' }, payment: 0n, callback,
  operator: '0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0',
});
// What the example consumer sends for a customer, with texts of every length of head.
const full = request({
  requester: '0xDc64a140Aa3E981100a9becA4E685f962f0cF6C9', nonce: 1n, jobId: 'a3fa982792ad486785be5d89ac333ab5',
  pairs: {
    service: 'joequant_quantragrpc:8001/price-floating-rate-bond', data: JSON.stringify({ foo: 'bar'.repeat(100) }),
    keypath: 'foo', abi: 'uint256', multiplier: '1000000000000000000',
    refundTo: '0x2abeb7afc86612a6d9a1727abc677270adc2422a',
  },
  payment: 155844155844155840n, callback, operator: '0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0',
});
const nodes = ['0x90F79bf6EB2c4f870365E785982E1f101E93b906', '0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65'];
const quorum = { service: 'ping', data: '1', quorum: '2', nodes: nodes.join(',') };

const deployer = mnemonicToAccount('test test test test test test test test test test test junk').address;
const made = (nonce) => getContractAddress({ from: deployer, nonce });

const vectors = {
  selectors: Object.fromEntries(functions.map((each) => [each, toFunctionSelector(each)])),
  topics: Object.fromEntries(events.map((each) => [each, toEventSelector(each)])),
  requests: [echo, full],
  answers: [
    answer(echo, 1663508100n, stringToHex('{"error": "fee too small"}'), 0n),
    answer(full, 1800000300n, toHex(42n, { size: 32 }), 1n),
  ],
  quorum: { pairs: quorum, data: cbor(quorum), nodes, quorum: 2n },
  development: { deployer, token: made(0n), operator: made(2n), consumer: made(4n) },
};

const plain = (_, value) => (typeof value === 'bigint' ? value.toString() : value);
const rendered = JSON.stringify(vectors, plain, 2) + '\n';
if (process.argv.includes('--check')) {
  if (!existsSync(target) || readFileSync(target, 'utf8') !== rendered) {
    console.error('contracts/spec/vectors/operator.json is not what scripts/operator-vectors.mjs computes. Run it.');
    process.exit(1);
  }
} else {
  writeFileSync(target, rendered);
}
console.log('vectors in order');
