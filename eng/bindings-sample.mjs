// Compiles the contract of the tests of bindings, and writes what viem makes of it, which shares no code with us.
// How to run it: api/vectors/README.md.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(path.join(root, 'contracts', 'evm', 'package.json'));
const solc = require('solc');
const viem = require('viem');

const folder = path.join(root, 'tests', 'Stun.Tests', 'Bindings');
const output = JSON.parse(solc.compile(JSON.stringify({
  language: 'Solidity',
  sources: { 'Sample.sol': { content: fs.readFileSync(path.join(folder, 'Sample.sol'), 'utf8') } },
  settings: {
    optimizer: { enabled: true, runs: 1 }, metadata: { bytecodeHash: 'none', appendCBOR: false },
    outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
  },
})));
for (const error of output.errors ?? []) if (error.severity === 'error') throw new Error(error.formattedMessage);
const { abi, evm } = output.contracts['Sample.sol'].Sample;
const bytecode = '0x' + evm.bytecode.object;
fs.mkdirSync(path.join(folder, 'artifacts'), { recursive: true });
fs.writeFileSync(path.join(folder, 'artifacts', 'Sample.json'),
  JSON.stringify({ name: 'Sample', abi, bytecode }, null, 1) + '\n');

const [alice, bob] = ['0x' + '11'.repeat(20), '0x' + 'ab'.repeat(20)];
const point = (x, y) => ({ x, y });
const route = { task: '0x' + '0102030405060708'.repeat(2), name: 'grüße', points: [point(-1n, 2n), point(3n, 4n)],
  event_: '0xdeadbeef' };
const call = (functionName, args) => viem.encodeFunctionData({ abi, functionName, args });
const answer = (functionName, result) => viem.encodeFunctionResult({ abi, functionName, result });
const error = (errorName, args) => viem.encodeErrorResult({ abi, errorName, args });
const log = (eventName, args) => {
  const item = abi.find((each) => each.type === 'event' && each.name === eventName);
  const plain = item.inputs.filter((input) => !input.indexed);
  return { topics: viem.encodeEventTopics({ abi, eventName, args }),
    data: viem.encodeAbiParameters(plain, plain.map((input) => args[input.name])) };
};
const vectors = {
  deploy: viem.encodeDeployData({ abi, bytecode, args: [alice, [5n, 2n ** 100n], 'Stun'] }),
  calls: {
    move: call('move', [bob, 2n ** 96n - 1n]), moveWithData: call('move', [bob, 7n, '0x010203']),
    route: call('route', [route, [[point(1n, 2n), point(-3n, 4n)]], 1]), at: call('at', [2 ** 40 - 1]),
    signedOnes: call('signedOnes', [-128, -(2n ** 127n), 2n ** 255n - 1n]), names: call('names', [['', 'b', 'c'.repeat(40)]]),
    total: call('total', []),
  },
  answers: {
    move: answer('move', true), route: answer('route', [route, 9n, 1]), at: answer('at', ['0x' + '22'.repeat(32), 77n]),
    signedOnes: answer('signedOnes', [-1, 5n, -(2n ** 255n)]), names: answer('names', ['', 'b', 'c'.repeat(40)]),
    sample: answer('sample', [point(0n, 0n), point(-5n, 0n)]), token: answer('token', alice),
    total: answer('total', 2n ** 128n - 1n),
  },
  logs: {
    moved: log('Moved', { from: alice, number: 5n, to: point(-7n, 8n), data: '0x0a0b' }),
    tagged: log('Tagged', { tag: 'tag', root: '0x' + '33'.repeat(32), isNew: true }),
    moment: log('Moment', { moment: 2 ** 40 }), nothing: log('Nothing', {}),
  },
  errors: {
    refused: error('Refused', []), tooFar: error('TooFar', [bob, 7n, route]), refusal: error('Refusal', [9]),
  },
};
fs.writeFileSync(path.join(folder, 'vectors.json'), JSON.stringify(vectors, null, 1) + '\n');
