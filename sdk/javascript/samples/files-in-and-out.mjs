// Uploads inputs, runs a program over them, and brings all files of its result into a folder.
//   STUN_NODE=... STUN_API_KEY=... STUN_IMAGE=... node files-in-and-out.mjs [FOLDER]
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StunClient } from 'stun-sdk';
import { downloadAll, uploadInputFile } from 'stun-sdk/node';

const { STUN_NODE: node, STUN_API_KEY: apiKey, STUN_IMAGE: image } = process.env;
const stun = new StunClient({ apiKey, node });
const folder = process.argv[2] ?? await mkdtemp(join(tmpdir(), 'stun-files-'));

// More than 1 MiB goes in pieces, and goes on where the line broke.
const large = join(folder, 'numbers.txt');
await writeFile(large, Array.from({ length: 300_000 }, (_, number) => `${number}\n`).join(''));
const progress = (arrived, size) => console.log(`${Math.round((100 * arrived) / size)} % of ${size} bytes`);
const inputs = [
  await stun.uploadInput('words.txt', 'some words\n'),
  await uploadInputFile(stun, 'numbers.txt', large, { progress }),
];

// A program finds its inputs under /in.
const task = await stun.wait(
  await stun.submit({ image, command: ['cat', '/in/words.txt'], inputs, runTimeMaxSeconds: 1 }),
  { timeoutMs: 60_000 });
for (const place of await downloadAll(stun, task, join(folder, 'result')))
  console.log(place, 'holds', (await readFile(place, 'utf8')).trim());
