// What a page says when it has nothing to show: not yet, nothing, not allowed, broken, no line.
import { useId, type ReactElement, type ReactNode } from 'react';
import { useLine } from '~/live/connection';
import { Icon, type IconName } from './Icon';
import { Button, Copy } from './parts';

export function Empty({ icon = 'empty', title, children, actions }: {
  readonly icon?: IconName;
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}): ReactElement {
  return (
    <div className="state">
      <span className="mark"><Icon name={icon} /></span>
      <p className="title">{title}</p>
      {children !== undefined && <p>{children}</p>}
      {actions && <div className="actions">{actions}</div>}
    </div>
  );
}

export function Loading({ rows = 5, label = 'Loading' }: { readonly rows?: number; readonly label?: string }): ReactElement {
  return (
    <div className="loading" role="status">
      <span className="sr">{label}</span>
      {Array.from({ length: rows }, (_, at) => <div className={`skeleton w${at % 4}`} key={at} />)}
    </div>
  );
}

interface Told {
  readonly code: string;
  readonly detail: string;
  readonly cure: string;
  readonly faults: readonly { readonly path: string; readonly message: string }[];
  readonly requestId: string | undefined;
}

/** What an error says, whatever threw it: the SDK's errors have a code and a cure. */
export function toldBy(error: unknown): Told {
  const given = (typeof error === 'object' && error !== null ? error : {}) as Partial<Told> & { name?: string; message?: string };
  if (typeof given.code === 'string' && typeof given.detail === 'string')
    return {
      code: given.code, detail: given.detail, cure: given.cure ?? '', faults: given.faults ?? [], requestId: given.requestId,
    };
  const detail = given.message ?? String(error);
  if (given.name === 'NodeUnreachable' || error instanceof TypeError)
    return {
      code: navigator.onLine ? 'line.broken' : 'line.offline', detail, faults: [], requestId: undefined,
      cure: navigator.onLine ? 'The node may be starting again. Try once more in a moment.'
        : 'This device has no network. What was shown stays until it is back.',
    };
  return { code: 'console.unexpected', detail, cure: 'Try again; if it stays, report it with this text.', faults: [],
    requestId: undefined };
}

export function Fault({ error, again, title }: {
  readonly error: unknown;
  readonly again?: (() => void) | undefined;
  readonly title?: string;
}): ReactElement {
  const { code, detail, cure, faults, requestId } = toldBy(error);
  const isMissing = code.endsWith('.unknown') || code.endsWith('not-found') || code === 'http.404';
  return (
    <div className="state fault" role="alert">
      <span className="mark"><Icon name={code.startsWith('line.') ? 'offline' : 'alert'} /></span>
      <p className="title">{title ?? (isMissing ? 'There is no such thing here' : 'That did not work')}</p>
      <p>{detail}</p>
      {faults.length > 0 && <FaultList faults={faults} />}
      {cure !== '' && <p><strong>What to do: </strong>{cure}</p>}
      <p className="faint"><code>{code}</code>{requestId !== undefined && <> · request <code>{requestId}</code>
        <Copy text={requestId} name="Copy the request's id" /></>}</p>
      {again && <div className="actions"><Button onClick={again}>Try again</Button></div>}
    </div>
  );
}

export function FaultList({ faults }: { readonly faults: Told['faults'] }): ReactElement {
  return (
    <ul>{faults.map((each, at) => <li key={at}><code>{each.path}</code> {each.message}</li>)}</ul>
  );
}

/** The same in a line, beside a form or above figures that are older than they seem. */
export function FaultBar({ error, again }: { readonly error: unknown; readonly again?: () => void }): ReactElement {
  const { code, detail, cure, faults } = toldBy(error);
  return (
    <div className="note-bar bad" role="alert">
      <Icon name="alert" />
      <div className="wrap">
        {detail} {cure} <code>{code}</code>
        {faults.length > 0 && <FaultList faults={faults} />}
      </div>
      {again && <Button size="small" onClick={again}>Try again</Button>}
    </div>
  );
}

/** One of: waiting, broken, nothing, or what there is; with old figures and a word where a new try failed. */
export function Shown<T>({ of, empty, children, rows }: {
  readonly of: { readonly data: T | undefined; readonly error: unknown; readonly again: () => void };
  readonly empty?: { readonly when: (data: T) => boolean; readonly show: ReactElement };
  readonly children: (data: T) => ReactElement;
  readonly rows?: number;
}): ReactElement {
  if (of.data === undefined)
    return of.error === undefined ? <Loading {...(rows === undefined ? {} : { rows })} /> : <Fault error={of.error} again={of.again} />;
  const isEmpty = empty?.when(of.data) ?? false;
  return (
    <>
      {of.error !== undefined && <FaultBar error={of.error} again={of.again} />}
      {isEmpty ? empty!.show : children(of.data)}
    </>
  );
}

export function OfflineBar(): ReactElement | null {
  const line = useLine();
  if (line !== 'offline' && line !== 'waiting') return null;
  return (
    <div className="note-bar warn offline" role="status">
      <Icon name="offline" />
      {line === 'offline' ? 'This device is offline. You see what was known last; it goes on by itself.'
        : 'The line to the node is broken. It is being made anew; nothing that happened meanwhile is lost.'}
    </div>
  );
}

export function Field({ label, hint, fault, children }: {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly fault?: string | undefined;
  readonly children: (props: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }) => ReactNode;
}): ReactElement {
  const id = useId();
  const about = hint !== undefined || fault !== undefined ? `${id}-about` : undefined;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id, ...(about === undefined ? {} : { 'aria-describedby': about }), ...(fault === undefined ? {} : { 'aria-invalid': true }),
      })}
      {about !== undefined && (
        <div id={about}>
          {fault !== undefined && <div className="fault">{fault}</div>}
          {hint !== undefined && <div className="hint">{hint}</div>}
        </div>
      )}
    </div>
  );
}
