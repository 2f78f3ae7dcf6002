// Before all tests: a network with a cheat in it, and its address for all of them.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startNetwork, ROOT, type Running } from './network';
import { startSite } from './site';

export const OF_ALL = 'STUN_CONSOLE_NETWORK';
const held = globalThis as { stunNetwork?: Running; stunSite?: { url: string; stop(): Promise<void> } };

export default async function begin(): Promise<void> {
  // Whoever works on a page has one running.
  if (process.env[OF_ALL] !== undefined) return;
  const running = await startNetwork('network', ['--with-cheat', 'garbage']);
  held.stunNetwork = running;
  let { network } = running;
  // Providers of the tests dial the node, also where its pages come from elsewhere.
  process.env['STUN_CONSOLE_NODE'] = network.url;
  const fresh = process.env['STUN_CONSOLE_FRESH'];
  if (fresh !== undefined) {
    const dist = fresh === '1' ? join(ROOT, 'web', 'dist') : fresh;
    if (!existsSync(join(dist, 'index.html'))) throw new Error(`${dist} holds no build: npm run build.`);
    held.stunSite = await startSite(dist, network.url);
    network = { ...network, url: held.stunSite.url };
  }
  process.env[OF_ALL] = JSON.stringify(network);
}
