// A provider in a process of its own, whose key the test knows: its wallet in the browser is the same.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createDecipheriv, scryptSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPublicClient, encodeFunctionData, http, parseAbi, parseEther, type Hex } from 'viem';
import { PROGRAM, type Network } from '../ground/network';

const PASSWORD = 'a password for a test';

export interface TestProvider {
  readonly key: Hex;
  readonly address: string;
  start(): void;
  /** At once, as machines fail. */
  kill(): Promise<void>;
  remove(): Promise<void>;
}

export function makeProvider(network: Network): TestProvider {
  const home = mkdtempSync(join(tmpdir(), 'stun-console-provider-'));
  const env = { ...process.env, STUN_HOME: home, STUN_KEY_PASSWORD: PASSWORD };
  const made = spawnSync('dotnet', [PROGRAM, 'key', 'create', 'p1'], { env, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
  const key = openKey(readFileSync(join(home, 'keys', 'p1.json'), 'utf8'));
  let child: ChildProcess | undefined;
  const kill = async () => {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const over = new Promise<void>(resolve => running.on('exit', () => resolve()));
    running.kill('SIGKILL');
    await over;
  };
  return {
    key, address: made.stdout.trim(), kill,
    start: () => void (child = spawn('dotnet', [
      PROGRAM, 'provider', 'start', '--hub', process.env['STUN_CONSOLE_NODE'] ?? network.url, '--name', 'p1', '--executor', 'noop',
      '--offer', 'price=12,cpu=2,memory=2GiB,disk=4GiB,region=sa-br,stake=1000',
    ], { env, stdio: 'ignore' })),
    remove: async () => {
      await kill();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

interface Keystore {
  readonly crypto: {
    readonly cipherparams: { readonly iv: string };
    readonly ciphertext: string;
    readonly kdfparams: { readonly dklen: number; readonly n: number; readonly r: number; readonly p: number; readonly salt: string };
  };
}

/** Web3 Secret Storage, version 3: scrypt makes the key of AES-128-CTR. */
function openKey(text: string): Hex {
  const { crypto } = JSON.parse(text) as Keystore;
  const { dklen, n, r, p, salt } = crypto.kdfparams;
  const derived = scryptSync(PASSWORD, Buffer.from(salt, 'hex'), dklen, { N: n, r, p, maxmem: 512 * n * r });
  const cipher = createDecipheriv('aes-128-ctr', derived.subarray(0, 16), Buffer.from(crypto.cipherparams.iv, 'hex'));
  return `0x${Buffer.concat([cipher.update(Buffer.from(crypto.ciphertext, 'hex')), cipher.final()]).toString('hex')}`;
}

interface Terms {
  readonly treasury: Hex;
  readonly chain: { readonly endpoint: string; readonly contracts: Readonly<Record<string, Hex>> };
}

async function termsOf(network: Network): Promise<Terms> {
  return await (await fetch(`${network.url}/v1/network`)).json() as Terms;
}

/** What only a chain of one's own does: whatever account acts without its key. */
export class ChainPowers {
  private constructor(readonly endpoint: string, readonly contracts: Readonly<Record<string, Hex>>, readonly treasury: Hex) {
  }

  static async open(network: Network): Promise<ChainPowers> {
    const { chain, treasury } = await termsOf(network);
    return new ChainPowers(chain.endpoint, chain.contracts, treasury);
  }

  async ask<T>(method: string, params: readonly unknown[]): Promise<T> {
    const answer = await fetch(this.endpoint, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    const { result, error } = await answer.json() as { result: T; error?: { message: string } };
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  async sendAs(from: Hex, to: Hex, data: Hex): Promise<void> {
    await this.ask('anvil_impersonateAccount', [from]);
    const hash = await this.ask<Hex>('eth_sendTransaction', [{ from, to, data, gas: '0x7a1200' }]);
    await this.ask('anvil_stopImpersonatingAccount', [from]);
    const reads = createPublicClient({ transport: http(this.endpoint), pollingInterval: 100 });
    const { status } = await reads.waitForTransactionReceipt({ hash });
    if (status !== 'success') throw new Error(`The chain refused ${hash}.`);
  }

  /** Coins of the treasury, and enough of the chain's own coin to move them. */
  async fund(address: string, coins: string): Promise<void> {
    await this.ask('anvil_setBalance', [address, `0x${parseEther('10').toString(16)}`]);
    const token = parseAbi(['function transfer(address to, uint256 value)']);
    await this.sendAs(this.treasury, this.contracts['StunToken']!, encodeFunctionData({ abi: token, functionName: 'transfer', args: [address as Hex, parseEther(coins)] }));
  }
}
