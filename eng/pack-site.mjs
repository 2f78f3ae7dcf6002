// Packs what was built in a folder, so that no node packs it again for each caller: FILE.br and FILE.gz beside each
// FILE that gets smaller by it. Usage: node eng/pack-site.mjs FOLDER
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const folder = process.argv[2];
if (folder === undefined) throw new Error("pack-site: name the folder.");

// Smaller ones fit into one packet anyway; pictures and fonts are packed already.
const leastBytes = 1024;
const packable = /\.(html|js|css|json|webmanifest|svg|txt|wasm)$/;

const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
for (const old of files.filter((file) => /\.(br|gz)$/.test(file))) rmSync(old);

let plainBytes = 0;
let packedBytes = 0;
for (const file of files.filter((each) => packable.test(each))) {
    const content = readFileSync(file);
    if (content.length < leastBytes) continue;
    const brotli = brotliCompressSync(content, {
        params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
    });
    const gzip = gzipSync(content, { level: 9 });
    if (brotli.length < content.length) writeFileSync(`${file}.br`, brotli);
    if (gzip.length < content.length) writeFileSync(`${file}.gz`, gzip);
    plainBytes += content.length;
    packedBytes += Math.min(brotli.length, content.length);
}
console.log(`packed ${plainBytes} bytes to ${packedBytes}`);
