// A node that answers what a test says, and keeps what it was asked: for what a real one does too seldom.
import { createServer } from 'node:http';

export const document = (value, status = 200) =>
  ({ status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) });

export function problem(status, code, headers = {}, errors = undefined) {
  const view = { type: 'urn:stun:error:' + code, title: 'A title.', status, code, detail: 'The detail.',
    cure: 'The cure.', request_id: 'r1', errors };
  return { status, headers: { 'Content-Type': 'application/problem+json', ...headers }, body: JSON.stringify(view) };
}

/** Closes the line without a word. */
export const BREAK = { status: 0 };

/** Answers one reply after the other; the last one again and again. A reply may be worked out from the request. One
 * with a `cut` closes the line after so many bytes of its body. */
export async function scripted(replies, use) {
  const asked = [];
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const { method, url: path, headers } = request;
    const one = { method, path, headers, body: Buffer.concat(pieces) };
    asked.push(one);
    const reply = replies.length > 1 ? replies.shift() : replies[0];
    const { status, headers: given = {}, body = '', cut } = typeof reply === 'function' ? reply(one) : reply;
    if (status === 0) return void request.socket.destroy();
    const content = Buffer.from(body);
    response.writeHead(status, { 'Content-Length': content.length, ...given });
    if (method === 'HEAD') response.end();
    else if (cut === undefined) response.end(content);
    else response.write(content.subarray(0, cut), () => response.socket?.destroySoon());
    return undefined;
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  try {
    await use({ address: `http://127.0.0.1:${server.address().port}`, asked });
  } finally {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  }
}
