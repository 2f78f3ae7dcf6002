// Checks a task's receipt from order to money, with nothing of Stun but the addresses and the ABI of its contracts:
// the order, the receipts and the verdict are signed by those they name, the task stands in a batch that the validators
// signed and the chain carried out, and what moved on the chain is what the verdict pays.
//
//   node verify-receipt.mjs --proof FILE --rpc URL
//
// FILE is what GET /v1/tasks/ID/verdict answers. Exits with 0 if everything holds, and says what does not otherwise.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  concat, createPublicClient, decodeFunctionData, encodeAbiParameters, getAddress, hashStruct, hashTypedData, hexToBigInt,
  http, keccak256, recoverAddress, size, slice,
} from 'viem';

const artifacts = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'artifacts', 'evm');
const abi = JSON.parse(readFileSync(join(artifacts, 'Escrow.json'), 'utf8')).abi;
const argument = name => process.argv[process.argv.indexOf(name) + 1];

const types = {
  TaskOrder: [
    ['requester', 'address'], ['idempotencyKey', 'uint64'], ['spec', 'bytes32'], ['runTimeMax', 'uint64'],
    ['priceLimit', 'uint128'], ['deadline', 'uint64'], ['priority', 'uint8'], ['modelCreator', 'address'],
    ['home', 'uint64'],
  ],
  Receipt: [
    ['attempt', 'uint64'], ['task', 'bytes16'], ['provider', 'address'], ['offer', 'uint64'], ['spec', 'bytes32'],
    ['result', 'bytes32'], ['proof', 'bytes32'], ['resumedFrom', 'bytes32'], ['runTime', 'uint64'],
  ],
  Finding: [['attempt', 'uint64'], ['provider', 'address'], ['judgement', 'uint8'], ['pay', 'uint128']],
  Verdict: [
    ['task', 'bytes16'], ['round', 'uint16'], ['outcome', 'uint8'], ['result', 'bytes32'], ['findings', 'Finding[]'],
    ['cheatPassPpb', 'uint32'],
  ],
  Batch: [['number', 'uint64'], ['root', 'bytes32'], ['tasks', 'uint32'], ['moves', 'bytes32']],
};
for (const name of Object.keys(types)) types[name] = types[name].map(([field, type]) => ({ name: field, type }));

const PPM = 1_000_000n;
const PAID = 0;
let count = 0;
const same = (a, b) => a.toLowerCase() === b.toLowerCase();
const hex = text => (text.startsWith('0x') ? text : `0x${text}`);
function require(what, holds) {
  if (!holds) throw new Error(`This does not hold: ${what}.`);
  count += 1;
}

async function signed(domain, primaryType, message, signature) {
  return recoverAddress({ hash: hashTypedData({ domain, types, primaryType, message }), signature });
}

async function quorum(domain, primaryType, message, signatures, validators, least) {
  const signers = new Set();
  for (const vote of signatures) {
    const signer = await signed(domain, primaryType, message, vote.signature);
    require(`${primaryType} signed by ${vote.validator}`, same(signer, vote.validator));
    require(`${vote.validator} is a validator on the chain`, validators.some(one => same(one, signer)));
    signers.add(signer.toLowerCase());
  }
  require(`${least} validators signed the ${primaryType.toLowerCase()}`, signers.size >= least);
  return signers.size;
}

function rootOf(line, index, tasks, path) {
  let node = keccak256(concat(['0x00', line]));
  let used = 0;
  for (; tasks > 1; tasks = (tasks + 1) >> 1, index >>= 1) {
    if ((index ^ 1) >= tasks) continue;
    const other = hex(path[used++]);
    node = keccak256(concat(index % 2 === 0 ? ['0x01', node, other] : ['0x01', other, node]));
  }
  require('the path has no more than it needs', used === path.length);
  return node;
}

function readMoves(moves) {
  const words = [];
  for (let at = 0; at < size(moves); at += 32) words.push(slice(moves, at, at + 32));
  const counts = [0, 8, 16, 24].map(at => Number(hexToBigInt(slice(words[0], at, at + 8))));
  const moved = new Map();
  const change = (word, sign) => {
    const account = getAddress(slice(word, 0, 20));
    moved.set(account, (moved.get(account) ?? 0n) + sign * hexToBigInt(slice(word, 20, 32)));
  };
  words.slice(1, 1 + counts[0]).forEach(word => change(word, -1n));
  words.slice(1 + counts[0], 1 + counts[0] + counts[1]).forEach(word => change(word, 1n));
  return { moved, withdrawals: counts[2], slashes: counts[3] };
}

function divide(order, verdict, shares) {
  const owed = new Map();
  const add = (account, amount) => owed.set(getAddress(account), (owed.get(getAddress(account)) ?? 0n) + amount);
  for (const finding of verdict.findings.filter(each => each.judgement === PAID)) {
    const pay = BigInt(finding.pay);
    const treasury = (pay * BigInt(shares.treasuryPpm)) / PPM;
    const creator = BigInt(order.modelCreator) === 0n ? 0n : (pay * BigInt(shares.creatorPpm)) / PPM;
    add(order.requester, -pay);
    add(shares.treasury, treasury);
    if (creator > 0n) add(order.modelCreator, creator);
    add(finding.provider, pay - treasury - creator);
  }
  for (const [account, amount] of owed) if (amount === 0n) owed.delete(account);
  return owed;
}

async function main() {
  const proof = JSON.parse(readFileSync(argument('--proof'), 'utf8'));
  const chain = createPublicClient({ transport: http(argument('--rpc')) });
  const escrow = getAddress(proof.terms.escrow);
  const read = (functionName, args = [], blockNumber) =>
    chain.readContract({ address: escrow, abi, functionName, args, blockNumber });
  const domain = { name: 'Stun', version: '1', chainId: proof.terms.chain_id, verifyingContract: escrow };
  require('the proof is of this chain', (await chain.getChainId()) === proof.terms.chain_id);
  const { order, receipts, verdict } = proof.messages;
  const fields = message => ({
    ...Object.fromEntries(Object.entries(message).map(([name, value]) =>
      [name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()), value])),
  });
  const orderMessage = fields(order);
  const verdictMessage = { ...fields(verdict), findings: verdict.findings.map(fields) };

  const orderDigest = hashTypedData({ domain, types, primaryType: 'TaskOrder', message: orderMessage });
  require('the order is signed by its requester',
    same(await recoverAddress({ hash: orderDigest, signature: proof.order.signature }), order.requester));
  const task = slice(orderDigest, 0, 16);
  for (const [index, receipt] of receipts.entries()) {
    const message = fields(receipt);
    require('a receipt is for this task and what it ordered',
      same(message.task, task) && same(message.spec, orderMessage.spec));
    require('a receipt is signed by its provider',
      same(await signed(domain, 'Receipt', message, proof.receipts[index].signed.signature), message.provider));
  }
  const validators = await read('validators');
  const least = Number(await read('quorum'));
  require('the verdict is about this task', same(verdictMessage.task, task));
  await quorum(domain, 'Verdict', verdictMessage, proof.verdict.signatures, validators, least);
  for (const finding of verdictMessage.findings.filter(each => each.judgement === PAID))
    require('who is paid has a receipt', receipts.some(each => same(each.provider, finding.provider)
      && each.attempt === finding.attempt));

  const batch = proof.batch;
  if (!batch) throw new Error('The task is in no batch yet: ask again later.');
  const message = { number: batch.number, root: hex(batch.root), tasks: batch.tasks, moves: hex(batch.moves) };
  const signers = await quorum(domain, 'Batch', message, batch.signatures, validators, least);
  const line = keccak256(encodeAbiParameters(
    [{ type: 'bytes16' }, { type: 'bytes32' }, { type: 'bytes32' }],
    [task, hashStruct({ types, primaryType: 'TaskOrder', data: orderMessage }),
      hashStruct({ types, primaryType: 'Verdict', data: verdictMessage })]));
  require('the path leads from this task to the root', same(rootOf(line, batch.index, batch.tasks, batch.path), message.root));

  const event = name => ({
    address: escrow, event: abi.find(each => each.type === 'event' && each.name === name),
    args: { number: BigInt(batch.number) }, fromBlock: 0n,
  });
  const [posted] = await chain.getLogs(event('BatchPosted'));
  require('the chain has this batch', posted && same(posted.args.root, message.root)
    && same(posted.args.moves, message.moves) && posted.args.tasks === message.tasks);
  const [settled] = await chain.getLogs(event('BatchSettled'));
  require('the chain has carried it out', settled !== undefined);
  const { input } = await chain.getTransaction({ hash: settled.transactionHash });
  const call = decodeFunctionData({ abi, data: input });
  const moves = call.functionName === 'settle' ? call.args[1]
    : call.args[3][call.args[2].findIndex(each => each.number === BigInt(batch.number))];
  require('what was carried out is what was signed', same(keccak256(moves), message.moves));
  const { moved, withdrawals, slashes } = readMoves(moves);
  require('nothing was made and nothing lost',
    slashes > 0 || [...moved.values()].reduce((sum, amount) => sum + amount, 0n) === 0n);

  console.log(`order, ${receipts.length} receipts, verdict and batch ${batch.number} are signed by who they name`);
  console.log(`batch ${batch.number}: ${message.tasks} tasks, signed by ${signers} of ${validators.length} validators, `
    + `posted by ${posted.transactionHash}, settled by ${settled.transactionHash}`);
  if (message.tasks === 1 && withdrawals === 0 && slashes === 0) {
    const shares = await read('sharesAt', [BigInt(batch.number)]);
    const owed = divide(orderMessage, verdictMessage, shares);
    require('as many accounts moved as the verdict names', owed.size === moved.size);
    for (const [account, amount] of owed) {
      require(`${account} moved by what the verdict gives`, moved.get(account) === amount);
      const before = await read('balanceOf', [account], settled.blockNumber - 1n);
      const after = await read('balanceOf', [account], settled.blockNumber);
      require(`the balance of ${account} on the chain changed by it`, after - before === amount);
      console.log(`  ${account} ${amount > 0n ? '+' : ''}${amount}`);
    }
  } else {
    console.log('  other tasks are in the batch: its moves are their sum, which a contest has added up on the chain');
  }
  console.log(`all ${count} checks hold`);
}

main().catch(failure => {
  console.error(failure.message);
  process.exit(1);
});
