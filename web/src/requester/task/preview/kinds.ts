// What a file of a result is, told by its content first and its name second: names are a stranger's.

export type Kind = 'image' | 'histogram' | 'json' | 'table' | 'text' | 'binary';

export interface Histogram {
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

/** Looked at in the page; what is larger is only offered to be kept. */
export const PREVIEW_MAX = 4 << 20;

const MAGIC: readonly (readonly [string, readonly number[]])[] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47]], ['image/jpeg', [0xff, 0xd8, 0xff]], ['image/gif', [0x47, 0x49, 0x46, 0x38]],
  ['image/webp', [0x52, 0x49, 0x46, 0x46]],
];

/** Pictures that are only pictures. An SVG is a document, and is shown as the text that it is. */
export function imageType(bytes: Uint8Array): string | undefined {
  return MAGIC.find(([, magic]) => magic.every((byte, at) => bytes[at] === byte))?.[0];
}

export function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\u0000') ? undefined : text;
  } catch {
    return undefined;
  }
}

/** As the comparator of histograms reads it: n + 1 edges, n counts, none of them negative. */
export function histogramOf(value: unknown): Histogram | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { edges, counts } = value as Record<string, unknown>;
  if (!isNumbers(edges) || !isNumbers(counts) || counts.length === 0 || edges.length !== counts.length + 1) return undefined;
  return counts.every(count => count >= 0) ? { edges, counts } : undefined;
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(each => typeof each === 'number' && Number.isFinite(each));
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Rows of comma or tab separated text, with quotes as RFC 4180 has them. Undefined where it is no table. */
export function tableOf(text: string, rowsMax = 500): readonly (readonly string[])[] | undefined {
  const first = text.slice(0, text.indexOf('\n') < 0 ? text.length : text.indexOf('\n'));
  const separator = [',', '\t', ';'].map(each => [each, first.split(each).length] as const).sort((a, b) => b[1] - a[1])[0]!;
  if (separator[1] < 2) return undefined;
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (let at = 0; at < text.length && rows.length < rowsMax; at++) {
    const letter = text[at]!;
    if (isQuoted) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') cell += text[++at];
      else isQuoted = false;
    } else if (letter === '"' && cell === '') isQuoted = true;
    else if (letter === separator[0]) {
      row.push(cell);
      cell = '';
    } else if (letter === '\n') {
      rows.push([...row, cell.replace(/\r$/, '')]);
      row = [];
      cell = '';
    } else cell += letter;
  }
  if ((cell !== '' || row.length > 0) && rows.length < rowsMax) rows.push([...row, cell]);
  const width = rows[0]?.length ?? 0;
  return rows.length > 1 && rows.filter(each => each.length === width).length >= 0.9 * rows.length ? rows : undefined;
}

export function kindOf(name: string, bytes: Uint8Array): Kind {
  if (imageType(bytes) !== undefined) return 'image';
  const text = textOf(bytes);
  if (text === undefined) return 'binary';
  if (/^\s*[[{]/.test(text)) {
    const value = jsonOf(text);
    if (value !== undefined) return histogramOf(value) === undefined ? 'json' : 'histogram';
  }
  if (/\.(csv|tsv)$/i.test(name) && tableOf(text) !== undefined) return 'table';
  return 'text';
}
