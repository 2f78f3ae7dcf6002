import { useSyncExternalStore, type ReactElement } from 'react';

interface Toast {
  readonly id: number;
  readonly text: string;
}

let toasts: readonly Toast[] = [];
let count = 0;
const listeners = new Set<() => void>();

/** A word in passing: what was done went well. What went wrong stands where it was done. */
export function say(text: string): void {
  const id = ++count;
  become([...toasts.slice(-2), { id, text }]);
  setTimeout(() => become(toasts.filter(each => each.id !== id)), 4_500);
}

function become(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

export function Toasts(): ReactElement {
  const shown = useSyncExternalStore(listener => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, () => toasts);
  return <div className="toasts" role="status">{shown.map(each => <div className="toast" key={each.id}>{each.text}</div>)}</div>;
}
