// A table's order, by a press on the name of a column. The order is in the address, so that it can be sent to others.
import { useCallback, type ReactElement } from 'react';
import { useQueryValue } from '~/app/router';
import { Icon } from './Icon';

export interface Sorting {
  readonly by: string;
  readonly isDown: boolean;
}

export function useSorting(usual: Sorting): [Sorting, (by: string) => void] {
  const [text, setText] = useQueryValue('sort');
  const now = text === undefined ? usual : { by: text.replace(/^-/, ''), isDown: text.startsWith('-') };
  const { by: before, isDown } = now;
  const press = useCallback((by: string) => {
    // Names rise at first, amounts fall.
    const next = by === before ? !isDown : by !== 'address' && by !== 'region';
    setText(`${next ? '-' : ''}${by}`);
  }, [before, isDown, setText]);
  return [now, press];
}

export function SortHead({ name, by, now, press }: {
  readonly name: string;
  readonly by: string;
  readonly now: Sorting;
  readonly press: (by: string) => void;
}): ReactElement {
  const isNow = now.by === by;
  return (
    <button type="button" className="sorts" onClick={() => press(by)} aria-label={
      isNow ? `${name}, sorted ${now.isDown ? 'downwards' : 'upwards'}; press to turn it round` : `Sort by ${name}`
    }>
      {name}{isNow && <Icon name={now.isDown ? 'down' : 'up'} />}
    </button>
  );
}

/** -1, 0 or 1 for amounts that no number holds. */
export function compareUnits(left: string | null | undefined, right: string | null | undefined): number {
  // Compared as text of digits: no figure has to be made for each of ten thousand rows.
  const [one, two] = [left ?? '', right ?? ''];
  if (one.length !== two.length) return one.length - two.length;
  return one < two ? -1 : one > two ? 1 : 0;
}
