// Before the first paint: who has chosen light or dark sees no flash of the other.
try {
  const chosen = localStorage.getItem('stun.theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // A browser that keeps nothing follows the system.
}
