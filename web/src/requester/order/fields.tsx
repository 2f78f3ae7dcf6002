// The fields of the order form, bound to a draft by name.
import type { ReactElement, ReactNode } from 'react';
import { Field } from '~/design/states';
import type { Draft, Faults } from './draft';

export interface Bound {
  readonly draft: Draft;
  readonly faults: Faults;
  readonly change: (change: Partial<Draft>) => void;
}

type TextName = { [Name in keyof Draft]: Draft[Name] extends string ? Name : never }[keyof Draft];

export function TextField({ of, name, label, hint, unit, mono, list, placeholder }: {
  readonly of: Bound;
  readonly name: TextName;
  readonly label: string;
  readonly hint?: ReactNode;
  readonly unit?: string;
  readonly mono?: boolean;
  readonly list?: string;
  readonly placeholder?: string;
}): ReactElement {
  return (
    <Field label={label} hint={hint} fault={of.faults[name]}>
      {props => (
        <div className={unit === undefined ? '' : 'with-unit'}>
          <input
            {...props} className={mono ? 'input mono' : 'input num'} value={of.draft[name]} spellCheck={false} autoComplete="off" list={list}
            placeholder={placeholder} inputMode={unit === undefined ? undefined : 'decimal'}
            onChange={event => of.change({ [name]: event.target.value })}
          />
          {unit !== undefined && <span className="unit">{unit}</span>}
        </div>
      )}
    </Field>
  );
}

export interface Option<T extends string> {
  readonly value: T;
  readonly name: string;
  readonly text: string;
}

export function Choices<T extends string>({ label, name, value, options, choose }: {
  readonly label: string;
  readonly name: string;
  readonly value: T;
  readonly options: readonly Option<T>[];
  readonly choose: (value: T) => void;
}): ReactElement {
  return (
    <fieldset className="field">
      <legend className="sr">{label}</legend>
      <div className="choices">
        {options.map(option => (
          <label className="choice" key={option.value}>
            <input type="radio" name={name} value={option.value} checked={value === option.value} onChange={() => choose(option.value)} />
            <b>{option.name}</b><span>{option.text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
