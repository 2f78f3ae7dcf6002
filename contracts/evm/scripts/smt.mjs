// Asks the prover (solc's model checker with z3) about smt/Arithmetic.sol. Fails when a counterexample is found, when
// something could not be decided, or when nothing was proved.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const solc = require('solc');
const checker = require('solc/smtchecker');
const solver = require('solc/smtsolver');

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const source = 'smt/Arithmetic.sol';
const input = {
  language: 'Solidity',
  sources: { [source]: { content: readFileSync(join(root, source), 'utf8') } },
  settings: {
    evmVersion: 'cancun',
    modelChecker: {
      engine: 'bmc', solvers: ['smtlib2'], targets: ['assert'], timeout: 60_000, showUnproved: true,
      showProvedSafe: true, contracts: { [source]: ['Arithmetic'] },
    },
    outputSelection: { '*': { '*': ['abi'] } },
  },
};

const z3 = solver.availableSolvers.find((known) => known.name === 'z3');
if (!z3) {
  console.error('z3 is not installed; the packages of Debian have it (z3).');
  process.exit(1);
}
const output = JSON.parse(solc.compile(JSON.stringify(input), {
  import: (path) => {
    try {
      return { contents: readFileSync(join(root, path), 'utf8') };
    } catch {
      return { error: `no file ${path}` };
    }
  },
  smtSolver: checker.smtCallback(solver.smtSolver, z3),
}));

let proved = 0;
const bad = [];
for (const told of output.errors ?? []) {
  const safe = /BMC: (\d+) verification condition\(s\) proved safe/.exec(told.message);
  if (/check is safe!/.test(told.message)) proved += 1;
  else if (safe) proved = Math.max(proved, Number(safe[1]));
  else if (told.severity === 'error' || /Assertion violation|might happen|could not be|unproved/.test(told.message))
    bad.push(told.formattedMessage);
}
for (const line of bad) console.error(line);
console.log(`${proved} proved, ${bad.length} not`);
process.exit(bad.length === 0 && proved > 0 ? 0 : 1);
