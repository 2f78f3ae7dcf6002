import { useSyncExternalStore } from 'react';

export type Theme = 'auto' | 'light' | 'dark';

const listeners = new Set<() => void>();
const root = document.documentElement;

export function useTheme(): Theme {
  return useSyncExternalStore(listener => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, () => (root.dataset['theme'] as Theme | undefined) ?? 'auto');
}

export function setTheme(theme: Theme): void {
  if (theme === 'auto') delete root.dataset['theme'];
  else root.dataset['theme'] = theme;
  try {
    if (theme === 'auto') localStorage.removeItem('stun.theme');
    else localStorage.setItem('stun.theme', theme);
  } catch {
    // Then it lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

/** The colour that a token has now, for what is drawn on a canvas. */
export function colour(token: string): string {
  // A custom property keeps its two colours; a property that is one has been decided.
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}
