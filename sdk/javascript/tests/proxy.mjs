// A line to a node that breaks after as many bytes as a test says.
import { connect, createServer } from 'node:net';

/** Each connection gets the next of the cuts: how many bytes may pass in both directions. Null is no limit. */
export async function cutProxy(node, cuts, use) {
  const target = new URL(node);
  const ends = new Set();
  const server = createServer(here => {
    let left = cuts.length > 0 ? cuts.shift() : null;
    const there = connect(Number(target.port || 80), target.hostname);
    const close = () => [here, there].forEach(end => end.destroySoon());
    for (const [one, other] of [[here, there], [there, here]]) {
      ends.add(one);
      one.on('error', close).on('end', close).on('data', data => {
        const passed = left === null ? data : data.subarray(0, left);
        if (left !== null) left -= passed.length;
        if (passed.length > 0) other.write(passed);
        if (left === 0) close();
      });
    }
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  try {
    await use({ address: `http://127.0.0.1:${server.address().port}`, cuts });
  } finally {
    for (const end of ends) end.destroy();
    await new Promise(resolve => server.close(resolve));
  }
}
