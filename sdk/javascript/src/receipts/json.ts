// JSON for proofs. JSON.parse rounds whole numbers of more than 53 bits and takes the last of two fields of the same
// name: a proof read so could be another one than somebody else reads. Here whole numbers are bigints, and a name that
// comes twice is refused.

export type Json = null | boolean | bigint | number | string | Json[] | JsonObject;

/** Without a prototype, so that no field of it is anything but what the text says. */
export interface JsonObject { [name: string]: Json }

const DEPTH_MAX = 100;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const TEXT = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const BLANK = /[ \t\n\r]*/y;

/** The document that this text is. Throws SyntaxError for everything else. */
export function parseExactly(text: string): Json {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.blank();
  if (reader.at !== text.length) throw new SyntaxError(`something follows the document at ${reader.at}`);
  return value;
}

/** The same of a document that was parsed: its numbers must be such that nothing was lost. */
export function exactly(value: unknown, depth = 0): Json {
  if (depth > DEPTH_MAX) throw new SyntaxError('the document is too deep');
  if (value === null || typeof value === 'boolean' || typeof value === 'string' || typeof value === 'bigint')
    return value;
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) return value;
    if (!Number.isSafeInteger(value)) throw new SyntaxError(`${value} was rounded: give the text of the document`);
    return BigInt(value);
  }
  if (Array.isArray(value)) return value.map(each => exactly(each, depth + 1));
  if (typeof value !== 'object') throw new SyntaxError(`a ${typeof value} has no place in a document`);
  const fields: JsonObject = Object.create(null);
  for (const [name, each] of Object.entries(value)) if (each !== undefined) fields[name] = exactly(each, depth + 1);
  return fields;
}

class Reader {
  at = 0;

  constructor(readonly text: string) {}

  blank(): void {
    this.#match(BLANK);
  }

  value(depth: number): Json {
    if (depth > DEPTH_MAX) throw new SyntaxError('the document is too deep');
    this.blank();
    const sign = this.text[this.at];
    if (sign === '{') return this.#object(depth);
    if (sign === '[') return this.#list(depth);
    if (sign === '"') return this.#string();
    for (const [word, meaning] of [['true', true], ['false', false], ['null', null]] as const)
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return meaning;
      }
    const number = this.#match(NUMBER);
    if (number === undefined) throw new SyntaxError(`no value at ${this.at}`);
    return /[.eE]/.test(number) ? Number(number) : BigInt(number);
  }

  #object(depth: number): JsonObject {
    const fields: JsonObject = Object.create(null);
    this.#items('}', () => {
      this.blank();
      const name = this.#string();
      this.blank();
      this.#expect(':');
      if (name in fields) throw new SyntaxError(`two fields are called '${name}'`);
      fields[name] = this.value(depth + 1);
    });
    return fields;
  }

  #list(depth: number): Json[] {
    const items: Json[] = [];
    this.#items(']', () => items.push(this.value(depth + 1)));
    return items;
  }

  #items(end: string, item: () => void): void {
    this.at++;
    this.blank();
    if (this.text[this.at] === end) {
      this.at++;
      return;
    }
    for (;;) {
      item();
      this.blank();
      if (this.text[this.at] !== ',') break;
      this.at++;
    }
    this.#expect(end);
  }

  #string(): string {
    const raw = this.#match(TEXT);
    if (raw === undefined) throw new SyntaxError(`no text at ${this.at}`);
    return JSON.parse(raw) as string;
  }

  #expect(sign: string): void {
    if (this.text[this.at] !== sign) throw new SyntaxError(`no '${sign}' at ${this.at}`);
    this.at++;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return undefined;
    this.at += found[0].length;
    return found[0];
  }
}
