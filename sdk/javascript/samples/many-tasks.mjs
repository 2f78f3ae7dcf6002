// Many tasks at once, none dearer than its price limit, and one that is cancelled because nobody can run it.
//   STUN_NODE=... STUN_API_KEY=... STUN_IMAGE=... node many-tasks.mjs [COUNT]
import { StunClient, TaskRefused, verification } from 'stun-sdk';

const { STUN_NODE: node, STUN_API_KEY: apiKey, STUN_IMAGE: image } = process.env;
const stun = new StunClient({ apiKey, node });
const count = Number(process.argv[2] ?? 10);
const before = await stun.balance();

const request = { image, runTimeMaxSeconds: 1, verification: verification.none() };
const { priceMin } = await stun.estimate(request);
if (priceMin === undefined) throw new Error('Nobody can run this now.');
// Twice the cheapest offer, so that also a dearer provider may run it.
const priceLimit = 2n * priceMin;

const texts = await Promise.all(Array.from({ length: count }, async (_, number) => {
  const task = await stun.submit({ ...request, command: ['echo', `number ${number}`], priceLimit });
  const ended = await stun.wait(task, { timeoutMs: 60_000, untilSettled: true });
  return new TextDecoder().decode(await stun.readFile(ended)).trim();
}));
const spent = before - await stun.balance();
console.log(`${texts.length} tasks done, within ${BigInt(count) * priceLimit}: ${spent <= BigInt(count) * priceLimit}`);

try {
  await stun.submit({ ...request, command: ['echo', 'cheap'], priceLimit: 0n });
} catch (refused) {
  if (!(refused instanceof TaskRefused)) throw refused;
  console.log('refused:', refused.code);
}
const idle = await stun.submit({ ...request, resources: { gpuCount: 16 } });
await stun.cancel(idle);
console.log('the last one is', (await stun.wait(idle, { timeoutMs: 60_000, untilSettled: true })).state);
