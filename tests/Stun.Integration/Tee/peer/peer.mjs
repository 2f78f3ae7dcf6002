// HPKE by other hands: seals to a key, or opens with one. One JSON object on the input, one on the output.
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';

const bytes = (hex) => Uint8Array.from(Buffer.from(hex, 'hex')).buffer;
const hex = (buffer) => Buffer.from(buffer).toString('hex');

let text = '';
for await (const chunk of process.stdin) text += chunk;
const asked = JSON.parse(text);
const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const key = await suite.kem.importKey('raw', bytes(asked.key), asked.what === 'seal');
const info = bytes(asked.info);
const psk = asked.psk ? { id: bytes(asked.pskId), key: bytes(asked.psk) } : undefined;
const context = asked.what === 'seal'
  ? await suite.createSenderContext({ recipientPublicKey: key, info, psk })
  : await suite.createRecipientContext({ recipientKey: key, enc: bytes(asked.enc), info, psk });
const results = [];
for (const { data, aad } of asked.messages)
  results.push(hex(await context[asked.what](bytes(data), bytes(aad))));
const enc = asked.what === 'seal' ? hex(context.enc) : asked.enc;
process.stdout.write(JSON.stringify({ enc, results, exported: hex(await context.export(bytes(asked.exporter), 48)) }));
