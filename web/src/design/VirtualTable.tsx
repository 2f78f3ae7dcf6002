// A table of which only the rows in sight are in the page. For who listens it is a table of all rows: each says which it
// is. It scrolls with the page, so that a phone scrolls one thing and not two.
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState, type CSSProperties, type ReactElement, type ReactNode } from 'react';
import { Link } from '~/app/router';

export interface Column<T> {
  readonly name: string;
  /** Of `grid-template-columns`. */
  readonly width: string;
  readonly isEnd?: boolean;
  /** Left out where there is little room. */
  readonly isExtra?: boolean;
  readonly cell: (row: T) => ReactNode;
  readonly head?: ReactNode;
}

interface Props<T> {
  readonly label: string;
  readonly rows: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly keyOf: (row: T) => string;
  readonly to?: (row: T) => string;
  readonly rowHeight?: number;
  /** Called when the end comes near. */
  readonly onEnd?: () => void;
  readonly total?: number;
}

function useNarrow(): boolean {
  const [isNarrow, setNarrow] = useState(() => matchMedia('(max-width: 52rem)').matches);
  useEffect(() => {
    const query = matchMedia('(max-width: 52rem)');
    const listen = () => setNarrow(query.matches);
    query.addEventListener('change', listen);
    return () => query.removeEventListener('change', listen);
  }, []);
  return isNarrow;
}

export function VirtualTable<T>(props: Props<T>): ReactElement {
  const { label, rows, keyOf, to, rowHeight = 44, onEnd, total } = props;
  const isNarrow = useNarrow();
  const columns = isNarrow ? props.columns.filter(column => !column.isExtra) : props.columns;
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop((list.current?.getBoundingClientRect().top ?? 0) + window.scrollY), [rows.length === 0]);
  const virtual = useWindowVirtualizer({
    count: rows.length, estimateSize: () => rowHeight, overscan: 12, scrollMargin: top, getItemKey: at => keyOf(rows[at]!),
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - 40) onEnd?.();
  }, [last, rows.length, onEnd]);
  const style = { '--columns': columns.map(column => column.width).join(' ') } as CSSProperties;
  return (
    <div className="grid-table" role="table" aria-label={label} aria-rowcount={(total ?? rows.length) + 1} style={style}>
      <div role="rowgroup">
        <div className="grid-row head" role="row" aria-rowindex={1}>
          {columns.map(column => (
            <span key={column.name} role="columnheader" className={column.isEnd ? 'end' : ''}>{column.head ?? column.name}</span>
          ))}
        </div>
      </div>
      <div role="rowgroup" ref={list} style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {shown.map(item => {
          const row = rows[item.index]!;
          const style: CSSProperties = {
            position: 'absolute', insetInline: 0, height: item.size, transform: `translateY(${item.start - top}px)`,
          };
          return (
            <div key={item.key} role="row" className="grid-row" style={style} aria-rowindex={item.index + 2}>
              {columns.map((column, at) => (
                <span key={column.name} role="cell" className={column.isEnd ? 'end num' : 'clip'}>
                  {at === 0 && to !== undefined ? <Link to={to(row)} className="row-link">{column.cell(row)}</Link> : column.cell(row)}
                </span>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
