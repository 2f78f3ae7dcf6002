// Which dots of the map get their names: those of the largest first, and no name over another or over a dot's middle.

export interface Dot {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** In the units of the map at the width that it usually has; letters are some 6 of them wide. */
const [LETTER, LINE] = [6.4, 13];

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export function namedOf(dots: readonly Dot[]): ReadonlySet<string> {
  const taken: Box[] = dots.map(dot => boxOf(dot.x, dot.y - 4, 8, 8));
  const named = new Set<string>();
  for (const dot of [...dots].sort((left, right) => right.size - left.size)) {
    const box = boxOf(dot.x, dot.y + dot.size / 2 + 3, dot.name.length * LETTER, LINE);
    if (taken.some(each => meets(each, box))) continue;
    taken.push(box);
    named.add(dot.name);
  }
  return named;
}

function boxOf(middle: number, top: number, width: number, height: number): Box {
  return { left: middle - width / 2, right: middle + width / 2, top, bottom: top + height };
}

function meets(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
