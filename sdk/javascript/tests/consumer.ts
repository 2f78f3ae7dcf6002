// What a program in TypeScript may rely on: compiled against the package where it is installed, never run.
import { StunClient, type Task, verification, NotFound } from 'stun-sdk';
import { readTerms, type Proof } from 'stun-sdk/receipts';
import { downloadAll } from 'stun-sdk/node';
const stun = new StunClient({ apiKey: 'k', node: 'https://a' });
const task: Task = await stun.submit({ image: 'x', priceLimit: 5n, verification: verification.audit(5) });
const proof: Proof = await stun.verified(task, readTerms((await stun.network()).terms));
const cost: bigint | undefined = proof.division?.charged;
for await (const piece of stun.logs(task, { signal: AbortSignal.timeout(5) })) piece.text.trim();
try {
  await downloadAll(stun, task, 'x');
} catch (failure) {
  if (failure instanceof NotFound) failure.faults[0]?.path.trim();
}
export { cost };
