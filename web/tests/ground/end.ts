import type { Running } from './network';

const held = globalThis as { stunNetwork?: Running; stunSite?: { stop(): Promise<void> } };

export default async function end(): Promise<void> {
  await held.stunSite?.stop();
  await held.stunNetwork?.stop();
}
