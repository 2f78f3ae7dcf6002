import { useMemo, useState, type ReactElement } from 'react';
import type { StatisticsView } from '~/api/statistics';
import { count, spanOf } from '~/app/words';
import { Distribution, logBinsOf } from '~/design/Distribution';
import { Panel } from '~/design/parts';
import { Segments } from '~/design/Segments';
import { Empty } from '~/design/states';

type Part = keyof StatisticsView['latency'];
const PARTS: readonly (readonly [Part, string])[] = [['total', 'All'], ['queue', 'Queue'], ['run', 'Run'], ['verification', 'Verify']];
const ABOUT: Readonly<Record<Part, string>> = {
  total: 'From the order until a complete task was paid.',
  queue: 'From the queue until a provider had it.',
  run: 'How long programs ran, as receipts say it.',
  verification: 'From the last result until the verdict was posted.',
};

export function Latency({ of }: { readonly of: StatisticsView['latency'] }): ReactElement {
  const [part, setPart] = useState<Part>('total');
  const { count: many, p50_micros: p50, p95_micros: p95, p99_micros: p99, buckets } = of[part];
  const bins = useMemo(() => logBinsOf(buckets.map(each => [each.up_to_micros ?? 0, each.count])), [buckets]);
  const marks = ([['p50', p50], ['p95', p95], ['p99', p99]] as const).flatMap(([name, at]) => (at == null ? [] : [[name, at] as const]));
  return (
    <Panel title="How long it takes" aside={<Segments label="Part of a task" of={PARTS} now={part} choose={setPart} />} isFlush={many === 0}>
      {many === 0
        ? <Empty icon="clock" title="Nothing was timed yet">{ABOUT[part]}</Empty>
        : (
          <div className="stack">
            <dl className="trio">
              {([['Half within', p50], ['95 % within', p95], ['99 % within', p99]] as const).map(([name, at]) => (
                <div key={name}><dt>{name}</dt><dd className="num">{at == null ? '–' : spanOf(at / 1_000)}</dd></div>
              ))}
              <div><dt>Timed</dt><dd className="num">{count(many)}</dd></div>
            </dl>
            <Distribution label={ABOUT[part]} bins={bins} marks={marks} isLog text={micros => spanOf(Number((micros / 1_000).toPrecision(2)))} />
            <p className="faint small">{ABOUT[part]}</p>
          </div>
        )}
    </Panel>
  );
}
