// One task from order to result.
//   STUN_NODE=... STUN_API_KEY=... STUN_IMAGE=... node hello-task.mjs
import { StunClient } from 'stun-sdk';

const { STUN_NODE: node, STUN_API_KEY: apiKey, STUN_IMAGE: image } = process.env;
const stun = new StunClient({ apiKey, node });

const task = await stun.submit({ image, command: ['echo', 'hello'], runTimeMaxSeconds: 1 });
console.log('handed in', task.id);
const ended = await stun.wait(task, { timeoutMs: 60_000 });
if (!ended.hasResult) throw new Error(`The task is ${ended.state}: ${ended.reason}`);
console.log('said', new TextDecoder().decode(await stun.readFile(ended)).trim());
