// Keeps the shell of the console and nothing else: what the API answers is never kept, since it is somebody's.
const KEPT = 'stun-shell-1';
const SHELL = ['/', '/theme.js', '/icon.svg', '/manifest.webmanifest'];

self.addEventListener('install', event => {
  event.waitUntil(caches.open(KEPT).then(kept => kept.addAll(SHELL)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', event => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
    await self.clients.claim();
  })());
});

self.addEventListener('fetch', event => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith('/assets/')) event.respondWith(unchanging(event.request));
  else if (event.request.mode === 'navigate' && !isOfTheNode(url.pathname)) event.respondWith(page(event.request));
  else if (SHELL.includes(url.pathname)) event.respondWith(fresh(event.request));
});

function isOfTheNode(path) {
  return /^\/(v1|ga4gh|healthz|readyz|metrics)(\/|$)/.test(path);
}

// Their names hold the digest of their content.
async function unchanging(request) {
  const kept = await caches.open(KEPT);
  const known = await kept.match(request);
  if (known !== undefined) return known;
  const answer = await fetch(request);
  if (answer.ok) {
    await kept.put(request, answer.clone());
    await trim(kept);
  }
  return answer;
}

// What was left by earlier versions goes, oldest first.
async function trim(kept) {
  const assets = (await kept.keys()).filter(each => new URL(each.url).pathname.startsWith('/assets/'));
  for (const old of assets.slice(0, Math.max(0, assets.length - 80))) await kept.delete(old);
}

// Every route of the console is the same document.
async function page(request) {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await kept.put('/', answer.clone());
    return answer;
  } catch (broken) {
    const known = await kept.match('/');
    if (known !== undefined) return known;
    throw broken;
  }
}

async function fresh(request) {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    if (answer.ok) await kept.put(request, answer.clone());
    return answer;
  } catch (broken) {
    const known = await kept.match(request);
    if (known !== undefined) return known;
    throw broken;
  }
}
