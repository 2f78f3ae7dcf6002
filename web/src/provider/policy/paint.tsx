// The few colours of a policy's text: keys, values, comments; and where faults are. Text stays text: nothing of it is ever
// read as markup.
import type { ReactElement, ReactNode } from 'react';
import type { PolicyFault } from '~/api/policies';

export function Painted({ text, faults }: { readonly text: string; readonly faults: readonly PolicyFault[] }): ReactElement {
  const byLine = new Map<number, PolicyFault[]>();
  for (const fault of faults) if (fault.line != null) byLine.set(fault.line, [...(byLine.get(fault.line) ?? []), fault]);
  return (
    <pre aria-hidden="true">
      {text.split('\n').map((line, at) => {
        const wrong = byLine.get(at + 1);
        return (
          <div key={at} className={wrong === undefined ? 'line' : 'line wrong'} data-line={at + 1}>
            {wrong === undefined ? painted(line) : marked(line, wrong[0]!.column ?? 1)}
          </div>
        );
      })}
    </pre>
  );
}

function painted(line: string): ReactNode {
  const hash = commentAt(line);
  const [code, comment] = hash < 0 ? [line, ''] : [line.slice(0, hash), line.slice(hash)];
  const key = /^(\s*(?:- )?)([A-Za-z][\w-]*)(:)(.*)$/.exec(code);
  return (
    <>
      {key === null ? <span className="v">{code}</span>
        : <>{key[1]}<span className="k">{key[2]}</span>{key[3]}<span className="v">{key[4]}</span></>}
      {comment !== '' && <span className="c">{comment}</span>}
    </>
  );
}

/** A hash begins a comment where it stands first or behind a space, and not within quotes. */
function commentAt(line: string): number {
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const sign = line[at]!;
    if (quote !== '') quote = sign === quote ? '' : quote;
    else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === '#' && (at === 0 || /\s/.test(line[at - 1]!))) return at;
  }
  return -1;
}

/** From the column of a fault to the end of the word there. */
function marked(line: string, column: number): ReactNode {
  const from = Math.min(Math.max(0, column - 1), Math.max(0, line.length - 1));
  const word = /^[^\s,\]}]+/.exec(line.slice(from))?.[0] ?? line.slice(from, from + 1);
  return <>{line.slice(0, from)}<mark>{word}</mark>{line.slice(from + word.length)}</>;
}

/** Where a line and column are in the text. */
export function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split('\n');
  const before = lines.slice(0, Math.max(0, line - 1)).reduce((sum, each) => sum + each.length + 1, 0);
  return Math.min(text.length, before + Math.max(0, Math.min(column - 1, lines[line - 1]?.length ?? 0)));
}
