// Shows what a task's programs write while they write it, and leaves with Ctrl-C: the task goes on.
//   STUN_NODE=... STUN_API_KEY=... STUN_IMAGE=... node follow-logs.mjs [TASK]
import { StunClient } from 'stun-sdk';

const { STUN_NODE: node, STUN_API_KEY: apiKey, STUN_IMAGE: image } = process.env;
const stun = new StunClient({ apiKey, node });
const leaves = new AbortController();
process.once('SIGINT', () => leaves.abort(new Error('Left; the task goes on.')));

const task = process.argv[2] ?? await stun.submit({ image, command: ['echo', 'spoken'], runTimeMaxSeconds: 1 });
for await (const piece of stun.logs(task, { signal: leaves.signal }))
  console.log(`${piece.attempt} ${piece.stream} ${piece.text.trim()}`);
console.log('over', (await stun.status(task)).state);
