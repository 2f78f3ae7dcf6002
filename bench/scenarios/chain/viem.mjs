// The peer's half of the race on a chain: viem does what a line of the input says, and answers with a line of JSON.
// Lines: KIND MODE COUNT LANES with KIND balance, call or transfer, MODE plain or batch. Started by the benchmark
// 'chain', which hands over the address of the chain, a contract to call and a key to send with.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const require = createRequire(fileURLToPath(new URL('../../../contracts/evm/package.json', import.meta.url)));
const { createPublicClient, createWalletClient, defineChain, http, nonceManager } = require('viem');
const { privateKeyToAccount } = require('viem/accounts');

const [url, contract, key] = process.argv.slice(2);
const chain = defineChain({
  id: 31337, name: 'local', nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
  rpcUrls: { default: { http: [url] } },
});
const account = privateKeyToAccount(key, { nonceManager });
const peers = Object.fromEntries(['plain', 'batch'].map((mode) => {
  const transport = () => http(url, { batch: mode === 'batch', timeout: 60_000 });
  const options = () => ({ chain, transport: transport(), pollingInterval: 50, cacheTime: 0 });
  return [mode, { reader: createPublicClient(options()), writer: createWalletClient({ ...options(), account }) }];
}));

const kinds = {
  balance: ({ reader }, at) => reader.getBalance({ address: '0x' + (at + 4096).toString(16).padStart(40, '0') }),
  call: ({ reader }) => reader.call({ to: contract, data: '0x47799da8' }),
  transfer: async ({ reader, writer }) => {
    const hash = await writer.sendTransaction(
      { to: '0x00000000000000000000000000000000cafe0001', value: 1n, gas: 21_000n });
    const receipt = await reader.waitForTransactionReceipt({ hash });
    if (receipt.status !== 'success') throw new Error(receipt.status);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [kind, mode, count, lanes] = line.split(' ');
  const before = process.cpuUsage();
  const start = process.hrtime.bigint();
  let next = 0;
  await Promise.all(Array.from({ length: Number(lanes) }, async () => {
    while (next < Number(count)) await kinds[kind](peers[mode], next++);
  }));
  const cpu = process.cpuUsage(before);
  console.log(JSON.stringify({
    seconds: Number(process.hrtime.bigint() - start) / 1e9, cpuSeconds: (cpu.user + cpu.system) / 1e6,
  }));
}
process.exit(0);
