// Runs the tests of the console and ends with a line that says how many passed: `./check` adds it up.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const web = fileURLToPath(new URL('..', import.meta.url));
const report = `${web}/artifacts/report.json`;
mkdirSync(`${web}/artifacts`, { recursive: true });
rmSync(report, { force: true });
const runner = spawn(process.execPath, [`${web}/node_modules/@playwright/test/cli.js`, 'test', ...process.argv.slice(2)], {
  cwd: web, stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => runner.kill(signal));
const status = await new Promise(resolve => runner.on('exit', code => resolve(code ?? 1)));
let line = '0 passed, 1 failed, 0 skipped';
try {
  const { stats, errors } = JSON.parse(readFileSync(report, 'utf8'));
  // A network that did not start is one failure; no test ran that could say so.
  const failed = stats.unexpected + stats.flaky + (stats.unexpected === 0 && (errors.length > 0 || status !== 0) ? 1 : 0);
  line = `${stats.expected} passed, ${failed} failed, ${stats.skipped} skipped`;
} catch (unreadable) {
  console.error('The tests left no report:', unreadable.message);
}
console.log(`\n${line}`);
process.exit(/ 0 failed/.test(line) ? 0 : 1);
