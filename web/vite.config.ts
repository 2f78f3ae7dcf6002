// One site of static files. What it speaks with is where it was loaded from: no address is built in.
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: [
      // From its sources: nothing to be built first, and what a page does not use is left out.
      { find: 'stun-sdk/receipts', replacement: here('../sdk/javascript/src/receipts/index.ts') },
      { find: 'stun-sdk', replacement: here('../sdk/javascript/src/index.ts') },
      { find: '~', replacement: here('src') },
    ],
  },
  build: {
    target: ['chrome123', 'firefox128', 'safari17.5'],
    // A small picture as a data: address is one more thing that the policy of content would have to allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  server: { proxy: { '/v1': { target: process.env['STUN_NODE'] ?? 'http://127.0.0.1:7800', ws: true } } },
});
