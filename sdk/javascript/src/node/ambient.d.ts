// As much of Node as this entry uses: so that compiling needs no package but the compiler, and the core cannot use
// Node by mistake.

declare module 'node:fs/promises' {
  interface FileHandle {
    stat(): Promise<{ readonly size: number }>;
    read(into: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
    writeFile(from: Uint8Array): Promise<void>;
    close(): Promise<void>;
  }
  export function open(path: string, flags: string): Promise<FileHandle>;
  export function mkdir(path: string, options: { readonly recursive: true }): Promise<unknown>;
  export function readFile(path: string): Promise<Uint8Array<ArrayBuffer>>;
  export function realpath(path: string): Promise<string>;
  export function rename(from: string, to: string): Promise<void>;
  export function rm(path: string, options: { readonly force: true }): Promise<void>;
}

declare module 'node:path' {
  export const sep: string;
  export function dirname(path: string): string;
  export function join(...parts: string[]): string;
  export function resolve(...parts: string[]): string;
}

declare module 'node:process' {
  const process: { readonly argv: readonly string[]; exitCode: number | undefined };
  export default process;
}
