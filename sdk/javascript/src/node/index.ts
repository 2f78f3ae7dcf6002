/** Files, for Node: what a browser has Blobs for. */

import { mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { StunClient } from '../client.js';
import type { DownloadOptions } from '../downloads.js';
import { InvalidRequest } from '../errors.js';
import type { Input } from '../forms.js';
import { hexOf } from '../receipts/bytes.js';
import type { UploadOptions } from '../uploads.js';
import type { BlobRef, Task } from '../views.js';

/** Brings the file at a path to the node; it is never held in memory as a whole. */
export async function uploadFile(stun: StunClient, path: string, options: UploadOptions = {}): Promise<BlobRef> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const read = async (begin: number, end: number) => {
      const bytes = new Uint8Array(end - begin);
      let filled = 0;
      while (filled < bytes.length) {
        const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, begin + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    };
    return await stun.upload({ size, read }, options);
  } finally {
    await file.close();
  }
}

/** The same, as an input that a task finds under `name`. */
export async function uploadInputFile(
  stun: StunClient, name: string, path: string, options: UploadOptions = {}): Promise<Input> {
  return { name, ...await uploadFile(stun, path, options) };
}

/** A file of a result, to this path: there whole and checked, or not at all. */
export async function downloadFile(
  stun: StunClient, task: Task | string, name: string, to: string, options: DownloadOptions = {}): Promise<string> {
  await mkdir(dirname(to), { recursive: true });
  const unfinished = join(dirname(to), '.stun-' + hexOf(crypto.getRandomValues(new Uint8Array(8))));
  const file = await open(unfinished, 'wx');
  try {
    try {
      await stun.download(task, name, new WritableStream({ write: piece => file.writeFile(piece) }), options);
    } finally {
      await file.close();
    }
    await rename(unfinished, to);
  } catch (failure) {
    await rm(unfinished, { force: true });
    throw failure;
  }
  return to;
}

/** All files of a result, under this directory and nowhere else. */
export async function downloadAll(
  stun: StunClient, task: Task | string, directory: string, options: DownloadOptions = {}): Promise<string[]> {
  const { files } = await stun.result(task, options);
  const places: { name: string; place: string }[] = [];
  for (const { name } of files) places.push({ name, place: await placeOf(directory, name) });
  const written: string[] = [];
  for (const { name, place } of places) written.push(await downloadFile(stun, task, name, place, options));
  return written;
}

/** Where a file of a result goes. A stranger's program chose the name: it must not lead out of the directory. */
export async function placeOf(directory: string, name: string): Promise<string> {
  const parts = name.split('/');
  if (name.includes('\0') || name.includes('\\') || parts.some(part => ['', '.', '..'].includes(part)))
    throw new InvalidRequest(`'${name}' is no name for a file here: read it with readFile.`);
  const place = join(directory, ...parts);
  const root = await realOf(resolve(directory));
  const real = await realOf(resolve(place));
  if (!real.startsWith(root.endsWith(sep) ? root : root + sep))
    throw new InvalidRequest(`'${name}' leads out of ${directory} by a link.`);
  return place;
}

/** Where a path leads over all links; what does not exist yet leads where its folder does. */
async function realOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const folder = dirname(path);
    return folder === path ? path : join(await realOf(folder), path.slice(folder.length));
  }
}
