// The service worker keeps the shell, so that the console opens without a network and says that there is none.

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): { createScriptURL(url: string): string };
}

export function installWorker(): void {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return;
  const trusted = (window as unknown as { trustedTypes?: TrustedTypes }).trustedTypes;
  // The only script address that this page makes; the policy of content allows no other.
  const policy = trusted?.createPolicy('stun', {
    createScriptURL: url => {
      if (url !== '/sw.js') throw new TypeError(`${url} is no worker of the console.`);
      return url;
    },
  });
  const url = policy?.createScriptURL('/sw.js') ?? '/sw.js';
  window.addEventListener('load', () => {
    navigator.serviceWorker.register(url).catch((refused: unknown) => console.warn('no service worker', refused));
  });
}
