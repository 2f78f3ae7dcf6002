import type { ReactElement } from 'react';
import { Badge, Id } from '~/design/parts';
import type { Step } from './useChain';
import './chain.css';

const WORDS = { waiting: 'waits', signing: 'confirm it in the wallet', sent: 'on its way', done: 'done', failed: 'not done' } as const;
const TONES = { waiting: '', signing: 'live', sent: 'live', done: 'good', failed: 'bad' } as const;

export function Steps({ of }: { readonly of: readonly Step[] }): ReactElement | null {
  if (of.length === 0) return null;
  return (
    <ol className="chain-steps" aria-live="polite" aria-label="Transactions">
      {of.map((step, at) => (
        <li key={step.name}>
          <span className="faint num">{at + 1}</span>
          <span>{step.name}{step.sent && <> <Id of={step.sent.hash} /></>}</span>
          <Badge tone={TONES[step.state]}>
            {step.state === 'done' && step.sent?.block !== undefined ? `block ${step.sent.block}` : step.state === 'done' && !step.sent ? 'not needed' : WORDS[step.state]}
          </Badge>
        </li>
      ))}
    </ol>
  );
}
