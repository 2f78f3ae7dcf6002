// What this package says of the API is what the API's own documents say.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as sdk from '../dist/index.js';
import { classOf } from '../dist/errors.js';
import { AGAIN } from '../dist/retry.js';
import { accountOf, placementOf, taskOf } from '../dist/views.js';
import { REPOSITORY, SDK } from './ground.mjs';

const read = (...path) => readFileSync(join(...path), 'utf8');
const codes = new Map([...read(REPOSITORY, 'api', 'errors.yaml').matchAll(/^- code: (\S+)\n {2}status: (\d+)$/gm)]
  .map(([, code, status]) => [code, Number(status)]));
const schemas = JSON.parse(read(REPOSITORY, 'api', 'openapi', 'stun.json')).components.schemas;
const snake = name => name.replace(/[A-Z]/g, letter => '_' + letter.toLowerCase());

/** The fields of an interface, from its source. */
function fieldsOf(file, name) {
  const [, body] = new RegExp(`export interface ${name} \\{\\n([^]*?)\\n\\}`).exec(read(SDK, 'src', file));
  return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(match => snake(match[1]));
}

/** All files below a folder. */
function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) yield* files(join(folder, entry.name));
    else yield join(folder, entry.name);
}

test('every code of the API has a class', () => {
  assert.ok(codes.size > 40);
  for (const code of codes.keys()) assert.notEqual(classOf(code), sdk.UnknownRefusal, code);
  assert.equal(classOf('weather.bad'), sdk.UnknownRefusal);
});

test('what is tried again exists and is no refusal of the request', () => {
  for (const code of AGAIN)
    if (!code.startsWith('http.')) assert.ok([408, 429, 500, 503, 504].includes(codes.get(code)), code);
});

test('forms have the fields that the API takes', () => {
  for (const [schema, form, leftOut] of [
    ['TaskForm', 'TaskRequest', ['order', 'signature']], ['InputForm', 'Input', []],
    ['ResourcesForm', 'Resources', []], ['VerificationForm', 'Verification', []],
    ['ComparatorForm', 'Comparator', []], ['ChoiceForm', 'ProviderChoice', []]]) {
    const wanted = Object.keys(schemas[schema].properties).filter(name => !leftOut.includes(name));
    assert.deepEqual(fieldsOf('forms.ts', form).sort(), wanted.sort(), schema);
  }
});

test('views have the fields that the API gives', () => {
  for (const [schema, view, own] of [['TaskView', 'Task', ['is_final', 'has_result']], ['AccountView', 'Account', []],
    ['ResultFileView', 'ResultFile', []], ['BlobView', 'BlobRef', []], ['ResultView', 'Result', []],
    ['PlacementView', 'Placement', []], ['CandidateView', 'Candidate', []], ['ScorePartsView', 'ScoreParts', []]]) {
    const fields = fieldsOf('views.ts', view).filter(name => !own.includes(name));
    assert.deepEqual(fields.sort(), Object.keys(schemas[schema].properties).sort(), schema);
  }
  const task = taskOf({ price_limit: '1', deadline: '2026-01-01T00:00:00Z', state: 'failed' });
  assert.deepEqual(Object.keys(task).map(snake).sort(), fieldsOf('views.ts', 'Task').sort());
  const parts = { hardware_fit: 1, history: 2, proximity: 3, price: 4, load: 5, reputation: 6 };
  const placement = placementOf({ at: '2026-01-01T00:00:00Z', candidates: [{ parts, price_per_second: '7' }] });
  assert.deepEqual(Object.keys(placement).map(snake).sort(), fieldsOf('views.ts', 'Placement').sort());
  const [candidate] = placement.candidates;
  assert.deepEqual(Object.keys(candidate).map(snake).sort(), fieldsOf('views.ts', 'Candidate').sort());
  assert.deepEqual(
    Object.entries(candidate.parts).map(([name, points]) => [snake(name), points]), Object.entries(parts));
  const account = accountOf({ balance: '1', held: '0', stake: '0', unbonding: '0' });
  assert.deepEqual(Object.keys(account).map(snake).sort(), fieldsOf('views.ts', 'Account').sort());
});

test('the core uses nothing of Node', () => {
  const core = [...files(join(SDK, 'src'))].filter(path => !path.includes(join('src', 'node')));
  assert.ok(core.length > 15);
  for (const path of core) {
    const text = read(path);
    assert.doesNotMatch(text, /from 'node:|\bprocess\.|\bBuffer\b|\brequire\(/, path);
    for (const [, name] of text.matchAll(/^(?:import|export)\b[^;*]*? from '([^.'][^']*)'/gm))
      assert.match(name, /^@noble\//, path);
  }
});

test('files are small and lines fit', () => {
  const all = ['src', 'tests', 'samples'].flatMap(folder => [...files(join(SDK, folder))]);
  for (const path of all) {
    const lines = read(path).split('\n');
    assert.ok(lines.length <= 400, path);
    for (const [at, line] of lines.entries()) assert.ok(line.length <= 120, `${path}:${at + 1}`);
  }
});

test('the readme speaks of calls that exist', () => {
  const readme = read(SDK, 'README.md');
  const cells = [...readme.matchAll(/^\| (`.*?) \|/gm)];
  assert.ok(cells.length > 4);
  for (const [, cell] of cells)
    for (const [, name] of cell.matchAll(/`(\w+)`/g)) assert.ok(name in sdk.StunClient.prototype, name);
});
