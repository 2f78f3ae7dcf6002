import type { ReactElement } from 'react';

/** A few choices of which one holds, side by side. */
export function Segments<T extends string>({ label, of, now, choose }: {
  readonly label: string;
  readonly of: readonly (readonly [T, string])[];
  readonly now: T;
  readonly choose: (next: T) => void;
}): ReactElement {
  return (
    <div className="segments" role="group" aria-label={label}>
      {of.map(([each, name]) => (
        <button key={each} type="button" aria-pressed={now === each} onClick={() => choose(each)}>{name}</button>
      ))}
    </div>
  );
}
