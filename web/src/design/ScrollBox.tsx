import type { ReactElement, ReactNode } from 'react';
import './chart.css';

/** What scrolls within a page can be reached and scrolled by keys. */
export function ScrollBox({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactElement {
  return <div className="scroll-x tall" tabIndex={0} role="region" aria-label={label}>{children}</div>;
}
