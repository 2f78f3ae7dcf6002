// A whole network in a process of its own, as `stun dev` is one: started on a free port, stopped with all its children.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PLACE = join(ROOT, 'artifacts', 'console');

export interface Network {
  readonly url: string;
  readonly key: string;
  readonly account: string;
  readonly providers: readonly { readonly name: string; readonly address: string; readonly region: string }[];
  /** The image that tasks of the tests run in; undefined where nothing is really run. */
  readonly image: string;
  readonly home: string;
  /** Where this network lives: its keys and what opens them. */
  readonly directory: string;
}

export interface Running {
  readonly network: Network;
  stop(): Promise<void>;
}

/** The program with the console in it; another where a test of pages is to meet another build. */
export const PROGRAM = process.env['STUN_PROGRAM'] ?? join(ROOT, 'artifacts', 'bin', 'Stun', 'release', 'Stun.dll');

const STARTS_WITHIN_MS = 180_000;
const STOPS_WITHIN_MS = 45_000;

export async function startNetwork(name: string, options: readonly string[]): Promise<Running> {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not there: build first, with ./stun help or ./check.`);
  // Images are built once and kept; all else is new for each run.
  const home = join(PLACE, 'home');
  const directory = join(PLACE, `${name}-${process.pid}`);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  const child = spawn('dotnet', [PROGRAM, 'dev', '--port', '0', '--directory', directory, '--json', ...options], {
    env: { ...process.env, STUN_HOME: home }, stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = async () => {
    await ended(child);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const said = await firstDocument(child);
    const { key } = JSON.parse(readFileSync(join(home, 'node.json'), 'utf8')) as { key: string };
    const image = imageOf(home);
    return { network: { ...said, url: said.url.replace(/\/$/, ''), key, image, home, directory }, stop };
  } catch (broken) {
    await stop();
    throw broken;
  }
}

function imageOf(home: string): string {
  const index = join(home, 'images', 'built', 'base', 'index.json');
  if (!existsSync(index)) return `sha256:${'0'.repeat(64)}`;
  return (JSON.parse(readFileSync(index, 'utf8')) as { manifests: { digest: string }[] }).manifests[0]!.digest;
}

type Said = Pick<Network, 'url' | 'account' | 'providers'>;

/** What the network says of itself when it is up: one document on its standard output. */
function firstDocument(child: ChildProcess): Promise<Said> {
  return new Promise((resolve, reject) => {
    let text = '';
    let errors = '';
    const late = setTimeout(() => reject(new Error(`The network did not start: ${errors}`)), STARTS_WITHIN_MS);
    child.stderr!.on('data', piece => (errors = (errors + String(piece)).slice(-4_000)));
    child.stdout!.on('data', piece => {
      text += String(piece);
      try {
        resolve(JSON.parse(text) as Said);
        clearTimeout(late);
      } catch {
        // Not whole yet.
      }
    });
    child.on('exit', code => reject(new Error(`The network ended with ${code}: ${errors}`)));
  });
}

/** It stops itself and its children when it is asked; only what does not is killed. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = new Promise<void>(resolve => child.on('exit', () => resolve()));
  child.kill('SIGINT');
  const hard = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN_MS);
  await over;
  clearTimeout(hard);
}
