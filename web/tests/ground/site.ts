// The pages of web/dist before a node that was built with older ones, under the policy that the node itself sets: for
// whoever works on pages, with STUN_CONSOLE_FRESH=1, or the folder of another build. What counts is the run without it.
import { existsSync, createReadStream, statSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { AddressInfo } from 'node:net';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.png': 'image/png',
  '.woff2': 'font/woff2', '.json': 'application/json', '.webmanifest': 'application/manifest+json',
};

export async function startSite(dist: string, node: string): Promise<{ url: string; stop(): Promise<void> }> {
  const to = new URL(node);
  const target = { host: to.hostname, port: Number(to.port) };
  const first = await fetch(node);
  const policy = first.headers.get('content-security-policy') ?? '';
  const server = createServer((asked, answer) => {
    const path = new URL(asked.url ?? '/', node).pathname;
    if (/^\/(v1|ga4gh|healthz|readyz|metrics)(\/|$)/.test(path)) {
      const passed = request({ ...target, path: asked.url, method: asked.method, headers: asked.headers }, said => {
        answer.writeHead(said.statusCode ?? 502, said.headers);
        said.pipe(answer);
      });
      passed.on('error', () => answer.destroy());
      asked.pipe(passed);
      return;
    }
    const named = join(dist, normalize(path));
    const file = named.startsWith(dist) && existsSync(named) && statSync(named).isFile() ? named : join(dist, 'index.html');
    answer.writeHead(200, {
      'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream', 'Content-Security-Policy': policy,
      'X-Content-Type-Options': 'nosniff',
    });
    createReadStream(file).pipe(answer);
  });
  server.on('upgrade', (asked, socket, head) => {
    const line = connect(target.port, target.host, () => {
      const headers = Object.entries(asked.headers).map(([name, value]) => `${name}: ${String(value)}\r\n`).join('');
      line.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${headers}\r\n`);
      line.write(head);
      line.pipe(socket).pipe(line);
    });
    line.on('error', () => socket.destroy());
    socket.on('error', () => line.destroy());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => new Promise(resolve => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}
