import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeFunctionData, parseAbi, type Abi, type AbiParameter, type Hex } from 'viem';
import { ESCROW, GOVERNOR, STAKING, TOKEN } from '../src/chain/contracts';
import { ROOT } from './ground/network';
import { expect, look, test } from './ground/test';
import { injectWallet } from './ground/wallet';
import { ChainPowers } from './market/provider';
import { makeWorld, putBefore } from './market/world';

test('Every page of a large network is sound in every look', async ({ console: page, network }) => {
  test.setTimeout(300_000);
  const world = makeWorld(1_200);
  await putBefore(page, world);
  const one = world.providers.find(each => each.online && each.fraud_count > 0)!;
  const pages: readonly (readonly [string, string, string])[] = [
    ['network', '/network', 'Caught cheating'], ['network-providers', '/network/providers', 'online of'],
    ['network-provider', `/network/providers/${one.address}`, 'Reputation and its reasons'], ['network-offers', '/network/offers', 'Prices per second'],
    ['network-governance', '/network/governance', 'Add a fifth validator'], ['network-proposal', '/network/governance/71', 'What it would do'],
  ];
  for (const [name, path, text] of pages) {
    await page.goto(network.url + path);
    await expect(page.getByText(text).first()).toBeVisible();
    await look(page, name);
  }
});

test('Somebody who is not signed in sees the real network, and who owns the token votes in the page', async ({ page, context, network }) => {
  test.setTimeout(120_000);
  await page.goto(`${network.url}/network`);
  await expect(page.getByText('Providers online')).toBeVisible();
  await expect(page.getByRole('cell', { name: 'eu-de' })).toBeVisible();
  await page.goto(`${network.url}/network/governance`);
  await expect(page.getByText('Nothing was proposed yet')).toBeVisible();

  const powers = await ChainPowers.open(network);
  const wallet = await injectWallet(context, network);
  await powers.fund(wallet.account.address, '60000000');
  await page.reload();
  await page.getByRole('button', { name: 'Connect the wallet' }).click();
  await expect(page.getByText('nobody yet')).toBeVisible();
  await page.getByRole('button', { name: 'Vote with them yourself' }).click();
  await expect(page.getByText('yourself', { exact: true })).toBeVisible({ timeout: 30_000 });
  await propose(powers, wallet.account.address, 'Lower the cap\n\n<img src=x onerror=alert(1)> for a while.');

  const link = page.getByRole('link', { name: 'Lower the cap' });
  await expect(link).toBeVisible({ timeout: 30_000 });
  await link.click();
  await expect(page.getByText('<img src=x onerror=alert(1)>')).toBeVisible();
  await expect(page.getByText('setMultiple')).toBeVisible();
  await page.getByRole('button', { name: 'For', exact: true }).click();
  await expect(page.getByText(/block \d+/)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('region', { name: 'Votes', exact: true })).toContainText('60\u202f000\u202f000 STUN', { timeout: 30_000 });
  await page.getByRole('button', { name: 'Against', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('This wallet has voted on it already.');
});

/** Makes a proposal, and lets its beginning come. */
async function propose(powers: ChainPowers, as: Hex, description: string): Promise<void> {
  const [governor, registry] = [powers.contracts['StunGovernor']!, powers.contracts['ProviderRegistry']!];
  const abi = parseAbi([
    'function propose(address[] targets, uint256[] values, bytes[] calldatas, string description) returns (uint256)',
    'function setMultiple(uint256 multiple)', 'function votingDelay() view returns (uint256)',
  ]);
  // Votes count from the second after they were given.
  await powers.ask('evm_increaseTime', [2]);
  await powers.ask('evm_mine', []);
  const call = encodeFunctionData({ abi, functionName: 'setMultiple', args: [10n] });
  await powers.sendAs(as, governor, encodeFunctionData({ abi, functionName: 'propose', args: [[registry], [0n], [call], description] }));
  const delay = await powers.ask<string>('eth_call', [{ to: governor, data: encodeFunctionData({ abi, functionName: 'votingDelay' }) }, 'latest']);
  await powers.ask('evm_increaseTime', [Number(BigInt(delay)) + 1]);
  await powers.ask('evm_mine', []);
}

test('What the console calls of the contracts is what the contracts have', () => {
  const parts = { Staking: STAKING, StunToken: TOKEN, Escrow: ESCROW, StunGovernor: GOVERNOR };
  for (const [name, abi] of Object.entries(parts)) {
    const artifact = JSON.parse(readFileSync(join(ROOT, 'contracts', 'artifacts', 'evm', `${name}.json`), 'utf8')) as { abi: Abi };
    const known = new Set(artifact.abi.filter(each => 'name' in each).map(each => shapeOf(each)));
    // A refusal may come from a contract that is called on the way.
    for (const each of abi) expect(known.has(shapeOf(each)), `${name}: ${shapeOf(each)}`).toBe(true);
  }
});

function shapeOf(item: Abi[number]): string {
  const types = (of: readonly AbiParameter[] | undefined) => (of ?? []).map(each => each.type).join();
  const outputs = item.type === 'function' ? ` ${item.stateMutability} ${types(item.outputs)}` : '';
  return `${item.type} ${'name' in item ? item.name : ''}(${types('inputs' in item ? item.inputs : [])})${outputs}`;
}
