// Plants one bug after the other (mutants/mutants.json) in a copy of the project and asks whether the tests see it. A
// mutant that lives, does not compile, or is no longer found in its file, fails. Without the optimizer: it is the
// compiler that takes the time. An expression as argument picks mutants by name.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const all = JSON.parse(readFileSync(join(root, 'mutants', 'mutants.json'), 'utf8'));
const only = process.argv[2];
const queue = only ? all.filter((mutant) => mutant.name.match(only)) : [...all];
const total = queue.length;
const bad = [];

function copyTo(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'evm'), { recursive: true });
  for (const part of ['src', 'test', 'tools', 'foundry.toml', 'package.json'])
    cpSync(join(root, part), join(folder, 'evm', part), { recursive: true });
  cpSync(join(root, '..', 'spec'), join(folder, 'spec'), { recursive: true });
  // Links to the same files: forge wants its packages inside of the project.
  execFileSync('cp', ['-rl', join(root, 'node_modules'), join(folder, 'evm', 'node_modules')]);
}

function run(folder, test) {
  return new Promise((resolve) => {
    const child = spawn(
      join(root, 'node_modules', '.bin', 'forge'), ['test', '--match-path', `test/${test}`, '--fuzz-runs', '64'],
      { cwd: folder, env: { ...process.env, FOUNDRY_OPTIMIZER: 'false' }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => { output += chunk; });
    child.stderr.on('data', (chunk) => { output += chunk; });
    child.on('close', (code) => resolve({ code, output }));
  });
}

async function work(number) {
  const folder = join(root, 'obj', 'mutants', String(number));
  copyTo(folder);
  for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
    const path = join(folder, 'evm', 'src', mutant.file);
    const source = readFileSync(path, 'utf8');
    const found = source.split(mutant.search).length - 1;
    if (found !== 1) {
      bad.push(`${mutant.name}: found ${found} times in ${mutant.file}`);
      continue;
    }
    writeFileSync(path, source.replace(mutant.search, () => mutant.replace));
    const { code, output } = await run(join(folder, 'evm'), mutant.test);
    writeFileSync(path, source);
    if (code === 0) bad.push(`${mutant.name}: lives`);
    else if (!output.includes('[FAIL')) bad.push(`${mutant.name}: did not run\n${output.slice(-600)}`);
    console.log(`${code !== 0 && output.includes('[FAIL') ? 'killed' : 'NOT KILLED'}  ${mutant.name}`);
  }
  rmSync(folder, { recursive: true, force: true });
}

await Promise.all([work(1), work(2)]);
for (const line of bad) console.error(line);
console.log(`${total - bad.length} of ${total} mutants killed`);
process.exit(bad.length === 0 && total > 0 ? 0 : 1);
