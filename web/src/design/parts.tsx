// Small things that every page uses.
import { useState, type ButtonHTMLAttributes, type ReactElement, type ReactNode } from 'react';
import { Link, usePageTitle } from '~/app/router';
import { ago, money, short, useNow } from '~/app/words';
import { Icon, type IconName } from './Icon';

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  readonly look?: 'primary' | 'plain' | 'danger' | undefined;
  readonly size?: 'small' | 'large' | undefined;
  readonly icon?: IconName | undefined;
  /** Something is under way: it says so, and cannot be pressed twice. */
  readonly isBusy?: boolean | undefined;
};

export function Button({ look, size, icon, isBusy, children, className, disabled, ...rest }: ButtonProps): ReactElement {
  const bare = children === undefined ? 'icon' : '';
  return (
    <button
      type="button" className={`button ${look ?? ''} ${size ?? ''} ${bare} ${className ?? ''}`} disabled={disabled || isBusy}
      aria-busy={isBusy || undefined} {...rest}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

export function ButtonLink({ to, look, size, icon, children }: {
  readonly to: string;
  readonly look?: 'primary' | 'plain';
  readonly size?: 'small' | 'large';
  readonly icon?: IconName;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <Link to={to} className={`button ${look ?? ''} ${size ?? ''}`}>
      {icon && <Icon name={icon} />}
      {children}
    </Link>
  );
}

export function PageHead({ title, lead, actions, back }: {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly back?: { readonly to: string; readonly name: string };
}): ReactElement {
  const heading = usePageTitle(title);
  return (
    <div className="stack tight">
      {back && <Link to={back.to} className="crumb"><Icon name="left" />{back.name}</Link>}
      <div className="page-head">
        <div>
          <h1 ref={heading} tabIndex={-1} className="wrap">{title}</h1>
          {lead !== undefined && <p className="lead">{lead}</p>}
        </div>
        {actions && <div className="actions">{actions}</div>}
      </div>
    </div>
  );
}

export function Panel({ title, aside, children, isFlush, footer, label }: {
  readonly title?: ReactNode;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly isFlush?: boolean;
  readonly footer?: ReactNode;
  readonly label?: string;
}): ReactElement {
  return (
    <section className="panel" aria-label={label ?? (typeof title === 'string' ? title : undefined)}>
      {(title !== undefined || aside !== undefined) && <header><h2>{title}</h2>{aside}</header>}
      {isFlush ? children : <div className="body">{children}</div>}
      {footer !== undefined && <footer>{footer}</footer>}
    </section>
  );
}

export interface FigureProps {
  readonly name: string;
  readonly value: ReactNode;
  readonly unit?: string | undefined;
  readonly note?: ReactNode;
}

export function Figures({ of }: { readonly of: readonly FigureProps[] }): ReactElement {
  return (
    <dl className="figures">
      {of.map(each => (
        <div className="figure" key={each.name}>
          <dt>{each.name}</dt>
          <dd>{each.value ?? '–'}{each.unit && <small>{each.unit}</small>}</dd>
          {each.note !== undefined && <dd className="note">{each.note}</dd>}
        </div>
      ))}
    </dl>
  );
}

export function Facts({ of }: { readonly of: readonly (readonly [string, ReactNode] | false | undefined)[] }): ReactElement {
  return (
    <dl className="facts">
      {of.map(each => each && (
        <div key={each[0]} className="fact"><dt>{each[0]}</dt><dd>{each[1]}</dd></div>
      ))}
    </dl>
  );
}

export function Amount({ of }: { readonly of: string | bigint | null | undefined }): ReactElement {
  if (of === null || of === undefined) return <span className="faint">–</span>;
  const { figure, unit } = money(of);
  return <span className="num" title={`${of} of the smallest unit`}>{figure}<span className="faint"> {unit}</span></span>;
}

/** How long ago; the exact time when asked. */
export function Ago({ at }: { readonly at: string | null | undefined }): ReactElement {
  const now = useNow();
  if (at === null || at === undefined) return <span className="faint">–</span>;
  const time = Date.parse(at);
  return <time dateTime={at} title={new Date(time).toLocaleString()}>{ago(time, now)}</time>;
}

export function Moment({ at }: { readonly at: string | null | undefined }): ReactElement {
  if (at === null || at === undefined) return <span className="faint">–</span>;
  const time = new Date(at);
  return <time dateTime={at}>{time.toLocaleDateString(undefined, { dateStyle: 'medium' })} {clockText(time)}</time>;
}

export function clockText(time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** A long name that nobody reads, short, and whole in the clipboard. */
export function Id({ of, head, tail, to }: {
  readonly of: string;
  readonly head?: number;
  readonly tail?: number;
  readonly to?: string;
}): ReactElement {
  const text = <span className="mono" title={of}>{short(of, head, tail)}</span>;
  return <span className="id">{to === undefined ? text : <Link to={to} className="link">{text}</Link>}<Copy text={of} /></span>;
}

export function Copy({ text, name = 'Copy' }: { readonly text: string; readonly name?: string }): ReactElement {
  const [isDone, setDone] = useState(false);
  return (
    <button
      type="button" className="copy" aria-label={isDone ? 'Copied' : name} title={name}
      onClick={event => {
        event.preventDefault();
        event.stopPropagation();
        void navigator.clipboard?.writeText(text).then(() => {
          setDone(true);
          setTimeout(() => setDone(false), 1_500);
        });
      }}
    >
      <Icon name={isDone ? 'check' : 'copy'} />
    </button>
  );
}

export function Badge({ tone = '', children }: {
  readonly tone?: '' | 'good' | 'warn' | 'bad' | 'live' | undefined;
  readonly children: ReactNode;
}): ReactElement {
  return <span className={`badge ${tone}`}>{children}</span>;
}
