// Compiles src/ into dist/, made anew: what a former version left there would be packed too.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
rmSync(join(here, 'dist'), { recursive: true, force: true });
const compiler = join(here, 'node_modules', 'typescript', 'bin', 'tsc');
const made = spawnSync(process.execPath, [compiler, '-p', here], { stdio: 'inherit' });
process.exit(made.status ?? 1);
