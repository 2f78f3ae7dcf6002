// A task that runs twice at least, and its receipt, kept in a file and verified with no network at all.
//   STUN_NODE=... STUN_API_KEY=... STUN_IMAGE=... node receipt-offline.mjs
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StunClient, verification } from 'stun-sdk';
import { ProofError, readTerms, verify } from 'stun-sdk/receipts';

const { STUN_NODE: node, STUN_API_KEY: apiKey, STUN_IMAGE: image } = process.env;
const stun = new StunClient({ apiKey, node });
// Whose signatures count: from a time when the node was trusted, or better from elsewhere.
const terms = readTerms((await stun.network()).terms);

const request = {
  image, command: ['echo', 'proved'], runTimeMaxSeconds: 1, verification: verification.redundant(2, 3),
};
const task = await stun.wait(await stun.submit(request), { timeoutMs: 60_000, untilSettled: true });
const file = join(await mkdtemp(join(tmpdir(), 'stun-proof-')), 'proof.json');
await writeFile(file, await stun.proof(task));

const kept = await readFile(file, 'utf8');
const proof = verify(kept, terms);
console.log(`${proof.outcome}: cost ${proof.division.charged} of ${proof.division.held}`);
for (const line of proof.checked) console.log('checked:', line);
for (const line of proof.unchecked) console.log('not checked:', line);
try {
  verify(kept.replace('"Complete"', '"Failed"'), terms);
} catch (wrong) {
  if (!(wrong instanceof ProofError)) throw wrong;
  console.log('tampered:', wrong.faults[0]);
}
