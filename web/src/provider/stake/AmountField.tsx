import { useState, type ReactElement, type ReactNode } from 'react';
import { coinsOf, unitsOf } from '~/chain/coins';
import { moneyText } from '~/app/words';
import { Button } from '~/design/parts';
import { Field } from '~/design/states';

export interface AmountInput {
  readonly text: string;
  /** Undefined as long as it is no amount that can be sent. */
  readonly units: bigint | undefined;
  readonly fault: string | undefined;
  change(text: string): void;
  clear(): void;
}

export function useAmount(max: bigint | undefined): AmountInput {
  const [text, setText] = useState('');
  const found = unitsOf(text);
  const fault = text.trim() === '' ? undefined
    : found === undefined ? 'An amount such as 20 or 0.5, or 1000 units.'
      : found === 0n ? 'More than nothing.'
        : max !== undefined && found > max ? `At most ${moneyText(max)}.` : undefined;
  return { text, fault, units: fault === undefined ? found : undefined, change: setText, clear: () => setText('') };
}

export function AmountField({ label, of, max, hint }: {
  readonly label: string;
  readonly of: AmountInput;
  readonly max: bigint | undefined;
  readonly hint?: ReactNode;
}): ReactElement {
  return (
    <Field label={label} fault={of.fault} hint={hint}>
      {props => (
        <div className="row">
          <div className="with-unit grow">
            <input {...props} className="input" inputMode="decimal" autoComplete="off" value={of.text} onChange={event => of.change(event.target.value)} placeholder="0" />
            <span className="unit">STUN</span>
          </div>
          {max !== undefined && max > 0n && <Button look="plain" onClick={() => of.change(coinsOf(max))}>All</Button>}
        </div>
      )}
    </Field>
  );
}
