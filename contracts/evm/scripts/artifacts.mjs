// Writes contracts/artifacts/evm/<Name>.json from the last `forge build`: what deployers and callers need, in one form
// that any build of the same sources gives again. `--check` writes nothing and fails if a file differs.
import { existsSync, mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keccak256 } from 'viem';

const here = dirname(fileURLToPath(import.meta.url));
const built = join(here, '..', 'obj', 'out');
const target = join(here, '..', '..', 'artifacts', 'evm');

const names = [
  'Channel', 'Court', 'Escrow', 'ExampleConsumer', 'Guardian', 'ModelRegistry', 'Operator', 'ProviderRegistry', 'Reputation',
  'Staking',
  'StunGovernor', 'StunTimelock', 'StunToken', 'TaskEscrow',
];

function artifact(name) {
  const out = JSON.parse(readFileSync(join(built, `${name}.sol`, `${name}.json`), 'utf8'));
  const settings = out.metadata.settings;
  return {
    name,
    abi: out.abi,
    bytecode: out.bytecode.object,
    deployedBytecodeHash: keccak256(out.deployedBytecode.object),
    compiler: {
      version: out.metadata.compiler.version,
      evmVersion: settings.evmVersion,
      optimizer: settings.optimizer,
      viaIR: settings.viaIR ?? false,
    },
  };
}

const check = process.argv.includes('--check');
const stale = [];
mkdirSync(target, { recursive: true });
for (const name of names) {
  if (!existsSync(join(built, `${name}.sol`))) {
    stale.push(`${name}: not built`);
    continue;
  }
  const path = join(target, `${name}.json`);
  const text = JSON.stringify(artifact(name), null, 2) + '\n';
  if (!check) writeFileSync(path, text);
  else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) stale.push(`${name}.json differs from the build`);
}
for (const file of readdirSync(target)) {
  if (names.includes(file.replace(/\.json$/, ''))) continue;
  if (check) stale.push(`${file} belongs to no contract`);
  else unlinkSync(join(target, file));
}
for (const line of stale) console.error(line);
if (stale.length > 0) {
  console.error('Run: forge build && node scripts/artifacts.mjs');
  process.exit(1);
}
console.log(`${names.length} artifacts ${check ? 'as built' : 'written'}`);
