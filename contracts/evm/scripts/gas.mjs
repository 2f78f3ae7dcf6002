// Writes docs/reference/gas.md from what test/Gas.t.sol and test/operator/OperatorGas.t.sol
// measure. The tests themselves compare: each fails when its
// figure does not stand in that page.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const output = execFileSync(
  join(root, 'node_modules', '.bin', 'forge'), ['test', '--match-path', 'test/{Gas,operator/OperatorGas}.t.sol', '-vv'],
  { cwd: root, encoding: 'utf8', env: { ...process.env, STUN_GAS_WRITE: 'true' } });

const rows = new Map();
for (const [, name, figure] of output.matchAll(/^ +\| (.+) \| ([\d,]+) \|$/gm)) rows.set(name, figure);
const gas = (name) => Number(rows.get(name).replaceAll(',', ''));
const table = (names) => names.map((name) => `| ${name} | ${rows.get(name)} |`).join('\n');

const b10 = 'postAndSettle, 10 tasks, 6 accounts, 2 of 3';
const b100 = 'postAndSettle, 100 tasks, 10 accounts, 2 of 3';
const b1000 = 'postAndSettle, 1,000 tasks, 40 accounts, 2 of 3';
const b1000of7 = 'postAndSettle, 1,000 tasks, 40 accounts, 5 of 7';
const b10000 = 'postAndSettle, 10,000 tasks, 200 accounts, 2 of 3';
const plain = gas('naive submitTask') + gas('naive completeTask');
const token = gas("naive submitTask, in the escrow's currency") + gas("naive completeTask, in the escrow's currency");
const oracle = gas('oracle request') + gas('oracle fulfil');
const perAccount = Math.round((gas(b10000) - gas(b1000)) / 160);
const fixed = gas(b1000) - 40 * perAccount;
const each = (name, count) => (gas(name) / count).toFixed(1);
const times = (alone, name, count) => Math.floor((alone * count) / gas(name)).toLocaleString('en-US');
const ratios = [[b10, 10], [b100, 100], [b1000, 1_000], [b10000, 10_000]].map(([name, count]) =>
  `| ${count.toLocaleString('en-US')} | ${each(name, count)} | ${times(token, name, count)} | `
  + `${times(plain, name, count)} | ${times(oracle, name, count)} |`).join('\n');

writeFileSync(join(root, '..', '..', 'docs', 'reference', 'gas.md'), `# Gas

What settlement costs on an EVM chain, as \`contracts/evm/test/Gas.t.sol\` and \`operator/OperatorGas.t.sol\`
measure it. The page is written by \`node contracts/evm/scripts/gas.mjs\`; a test fails when a
figure here is not the measured one.

Each figure is a whole transaction: 21,000, the calldata (EIP-2028, and at least the floor of EIP-7623), and what the
contract uses, with no storage slot warm. Accounts have balances already, as in a live system. Amounts have 18 decimals
and no zero digits to save on.

## Settling

| Transaction | Gas |
|---|---|
${table([b10, b100, b1000, b1000of7, b10000, 'post alone, 2 of 3', 'settle alone, 40 accounts',
    'settle alone, 200 accounts'])}

\`postAndSettle\` posts a new batch and settles an older one: one transaction for each batch when all goes well. In two
transactions a batch of 1,000 tasks and 40 accounts costs ${(gas('post alone, 2 of 3')
    + gas('settle alone, 40 accounts')).toLocaleString('en-US')}.

The number of tasks costs nothing; accounts do. Gas = ${fixed.toLocaleString('en-US')} + ${
  perAccount.toLocaleString('en-US')} for each account whose balance moves (2,100 + 2,900 for its storage word, about 460
for its 32 bytes of calldata, the rest for the loop). The fixed part is 21,000, one new storage slot for the batch
(22,100), the word of counters (5,000), the word of the older batch (2,100), two signatures (12,600 with their slots and
calldata), two events (3,300), and the rest of the calldata. Each further signature costs about 6,700.

## Beside it

| Transaction | Gas |
|---|---|
${table(['challenge, path of 20, bond lodged before', 'challenge, path of 20, bond transferred', 'Channel.redeem'])}

A challenge costs the same whatever stands in the batch: one path, one word. With a bond that was lodged before
(\`Escrow.lodge\`, or money released by a batch) no token moves. A voucher of a channel stands for any number of tasks.

## Compared

| Transaction | Gas |
|---|---|
${table(['naive submitTask', 'naive completeTask', "naive submitTask, in the escrow's currency",
    "naive completeTask, in the escrow's currency", 'oracle request', 'oracle fulfil',
    'a naive task in the same currency / a task of 1,000, 40',
    'a naive task in the same currency / a task of 10,000, 200'])}

The naive registry stores a record of six fields for each task and pays at completion; the oracle is request and fulfil
in the manner of Chainlink, reduced to its storage and its transfers (${oracle.toLocaleString('en-US')}). Both are in
\`contracts/evm/test/baselines\`. How many times the gas of a task in a batch they cost:

| Tasks in the batch | Gas per task | Naive, same currency | Naive, plain coin | Request and fulfil |
|---|---|---|---|---|
${ratios}

The test holds: at most 300 gas a task at 1,000 tasks and 40 accounts, at most 130 at 10,000 and 200; a challenge at
depth 20 with a lodged bond and a redeemed voucher at most 70,000 and 40,000; at least 700 and 1,500 times less than a
naive registry in the same currency.

## Requests at the operator

| Transaction | Gas |
|---|---|
${table(['Operator request', 'Operator request, refundTo named', 'Operator request, refundTo named, quorum 2 of 3',
    'Operator fulfil', 'Operator fulfil, refund paid', 'Operator processRefund, nothing owed', 'Operator cancel',
    'Operator expire', 'Operator extend, first of a request', 'Operator vote, first of 2 of 3',
    'Operator vote that decides, first shares of both nodes'])}

Beside it an operator in the manner of Chainlink, with the same token, consumer and request
(\`contracts/evm/test/operator/LegacyOperator.sol\`):

| Transaction | Gas |
|---|---|
${table(['plain operator request', 'plain operator fulfil', 'plain operator fulfil, refund noted',
    'plain operator processRefund', 'plain operator cancel'])}

A request costs ${(gas('Operator request') - gas('plain operator request')).toLocaleString('en-US')
} more: its five pairs are read. An address of its own for the refund is one more word.
An answer to a request that named one costs ${
  (gas('Operator fulfil') - gas('plain operator fulfil')).toLocaleString('en-US')
} more: it is written down as refused before the callback,
and forgotten when that accepts. With a refund there is one transaction instead of two: ${gas('Operator fulfil, refund paid').toLocaleString('en-US')} against ${
  (gas('plain operator fulfil, refund noted') + gas('plain operator processRefund')).toLocaleString('en-US')}.

## Where receipts stay

The root binds every line; the lines themselves are not on the chain. 32 bytes of calldata for each would cost 512 gas
a task or more, above the settlement itself. Orders, verdicts and paths stay with the book, the validators, and the
parties, who each have signed copies. Whoever sees a root without its lines demands one (\`Court.demand\`): if nobody
shows it in time, the batch is void.
`);
console.log(`docs/reference/gas.md: ${rows.size} figures`);
