import { useEffect, useMemo, useState, type ReactElement } from 'react';
import { Empty } from '~/design/states';
import { HistogramView } from './HistogramView';
import { histogramOf, imageType, jsonOf, kindOf, tableOf, textOf, type Kind } from './kinds';

export function Preview({ name, bytes }: { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }): ReactElement {
  const kind = useMemo(() => kindOf(name, bytes), [name, bytes]);
  const text = useMemo(() => (kind === 'image' || kind === 'binary' ? '' : textOf(bytes) ?? ''), [kind, bytes]);
  const [isRaw, setRaw] = useState(false);
  if (bytes.length === 0) return <Empty title="The file is empty">It has no byte.</Empty>;
  if (kind === 'image') return <Picture name={name} bytes={bytes} />;
  if (kind === 'binary') return <Empty icon="download" title="No text and no picture">Download it to look at it.</Empty>;
  return (
    <div className="stack">
      {kind !== 'text' && (
        <div className="segments" role="group" aria-label="How it is shown">
          <button type="button" aria-pressed={!isRaw} onClick={() => setRaw(false)}>{NAMES[kind]}</button>
          <button type="button" aria-pressed={isRaw} onClick={() => setRaw(true)}>Text</button>
        </div>
      )}
      {isRaw || kind === 'text' ? <pre className="code preview" tabIndex={0} aria-label={name}>{text}</pre> : <Meaning kind={kind} text={text} name={name} />}
    </div>
  );
}

const NAMES: Readonly<Record<Kind, string>> = {
  histogram: 'Histogram', json: 'JSON', table: 'Table', image: 'Picture', text: 'Text', binary: 'Binary',
};

function Meaning({ kind, text, name }: { readonly kind: Kind; readonly text: string; readonly name: string }): ReactElement {
  if (kind === 'histogram') return <HistogramView of={histogramOf(jsonOf(text))!} />;
  if (kind === 'json') return <pre className="code preview" tabIndex={0} aria-label={name}>{JSON.stringify(jsonOf(text), null, 2)}</pre>;
  const rows = tableOf(text) ?? [];
  return (
    <div className="preview scroll-x" tabIndex={0} role="region" aria-label={name}>
      <table className="table">
        <thead><tr>{rows[0]?.map((cell, at) => <th key={at}>{cell}</th>)}</tr></thead>
        <tbody>
          {rows.slice(1).map((row, at) => (
            <tr key={at}>{row.map((cell, column) => <td key={column} className={/^-?[\d.,]+(e[+-]?\d+)?$/i.test(cell) ? 'num' : ''}>{cell}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Picture({ name, bytes }: { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }): ReactElement {
  const [url, setUrl] = useState<string>();
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes], { type: imageType(bytes) ?? 'image/png' }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes]);
  if (isBroken) return <Empty icon="alert" title="The picture is broken">Its beginning is that of a picture, and the rest is not.</Empty>;
  return url === undefined ? <></> : <img className="picture" src={url} alt={`The file ${name}`} onError={() => setBroken(true)} />;
}
