// A policy, written with the node looking over one's shoulder: every fault where it is, and what it would have said to the
// tasks of late. The file itself lies on the provider's machine; from here it is taken there.
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { checkPolicy, type PolicyCheck, type PolicyFault } from '~/api/policies';
import { say } from '~/app/toasts';
import { Badge, Button, Copy, PageHead, Panel } from '~/design/parts';
import { FaultBar, Loading } from '~/design/states';
import { useSession } from '~/session/session';
import { saveBlob } from '~/requester/task/save';
import { DryRuns } from './DryRuns';
import { offsetOf, Painted } from './paint';
import { USUAL_POLICY } from './usual';
import '../provider.css';

const DRAFT = 'stun.policy';
/** Tasks of late that a policy is tried on. */
const RECENT = 50;
const PAUSE_MS = 450;

export function PolicyPage(): ReactElement {
  const [text, setText] = useState(draft);
  const [isKept, setKept] = useState(true);
  const { check, error, isChecking, again } = useCheck(text);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    setKept(keepDraft(text));
  }, [text]);
  const show = (fault: PolicyFault) => {
    const at = offsetOf(text, fault.line ?? 1, fault.column ?? 1);
    field.current?.focus();
    field.current?.setSelectionRange(at, at + 1);
  };
  return (
    <>
      <PageHead
        title="Policy" lead="What your provider takes on: whose tasks, which images, for how much, and when."
        actions={
          <>
            <Button onClick={() => setText(USUAL_POLICY)}>Begin anew</Button>
            <OpenFile open={setText} />
            <Button look="primary" icon="download" disabled={check?.valid !== true} onClick={() => {
              saveBlob('policy.yaml', new Blob([text], { type: 'application/yaml' }));
              say('policy.yaml is saved.');
            }}>Save policy.yaml</Button>
          </>
        }
      />
      {error !== undefined && <FaultBar error={error} again={again} />}
      <div className="columns policy">
        <div className="stack">
          <Panel title="policy.yaml" aside={<Verdict check={check} isChecking={isChecking} />} isFlush>
            <div className="editor">
              <Painted text={text} faults={check?.faults ?? []} />
              <textarea
                ref={field} aria-label="Policy" value={text} spellCheck={false} autoCapitalize="off" autoCorrect="off"
                aria-invalid={check?.valid === false || undefined} aria-describedby="policy-faults"
                onChange={event => setText(event.target.value)}
              />
            </div>
          </Panel>
          {!isKept && <p className="faint small">This browser keeps nothing: what you write lasts as long as the page.</p>}
        </div>
        <div className="stack">
          <Faults check={check} show={show} />
          {check?.valid === true && <DryRuns of={check.results} />}
          <Use />
        </div>
      </div>
    </>
  );
}

function useCheck(text: string) {
  const [check, setCheck] = useState<PolicyCheck>();
  const [error, setError] = useState<unknown>();
  const [isChecking, setChecking] = useState(true);
  const [turn, setTurn] = useState(0);
  const session = useSession();
  useEffect(() => {
    const ends = new AbortController();
    setChecking(true);
    const timer = setTimeout(() => {
      checkPolicy(text, RECENT, ends.signal).then(
        found => {
          setCheck(found);
          setError(undefined);
          setChecking(false);
        },
        (refused: unknown) => {
          if (ends.signal.aborted) return;
          setError(refused);
          setChecking(false);
        });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      ends.abort();
    };
  }, [text, turn, session]);
  return { check, error, isChecking, again: () => setTurn(turn + 1) };
}

function Verdict({ check, isChecking }: { readonly check: PolicyCheck | undefined; readonly isChecking: boolean }): ReactElement {
  if (check === undefined) return <span className="faint small">{isChecking ? 'looking' : ''}</span>;
  const faults = check.faults.length;
  return check.valid ? <Badge tone="good">Valid</Badge> : <Badge tone="bad">{faults === 1 ? '1 fault' : `${faults} faults`}</Badge>;
}

function Faults({ check, show }: { readonly check: PolicyCheck | undefined; readonly show: (fault: PolicyFault) => void }): ReactElement {
  if (check === undefined) return <Panel title="Check"><Loading rows={3} /></Panel>;
  if (check.faults.length === 0)
    return <div id="policy-faults" className="note-bar good" role="status">It can be used as it is. Whatever a policy does not say is allowed.</div>;
  return (
    <Panel title="What is wrong" isFlush>
      <ul className="fault-list" id="policy-faults" aria-live="polite">
        {check.faults.map((fault, at) => (
          <li key={at}>
            <button type="button" onClick={() => show(fault)}>
              <span className="at">{fault.line == null ? '–' : `${fault.line}:${fault.column ?? 1}`}</span>
              <span className="wrap">{fault.key !== '' && <><code>{fault.key}</code> </>}{fault.message}</span>
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Use(): ReactElement {
  const command = `stun provider start --hub ${location.origin} --policy policy.yaml`;
  return (
    <Panel title="Use it">
      <div className="stack tight">
        <p className="muted small">Save it on the provider’s machine and start the provider with it. It is asked before every lease, and its digest stands in the offers.</p>
        <div className="row spread command"><code className="wrap">{command}</code><Copy text={command} name="Copy the command" /></div>
      </div>
    </Panel>
  );
}

function OpenFile({ open }: { readonly open: (text: string) => void }): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input} type="file" accept=".yaml,.yml,text/plain" className="sr" aria-label="Open a policy" tabIndex={-1}
        onChange={event => {
          const file = event.target.files?.[0];
          if (file !== undefined) void file.slice(0, 65_536).text().then(open);
          event.target.value = '';
        }}
      />
      <Button icon="upload" onClick={() => input.current?.click()}>Open a file</Button>
    </>
  );
}

function draft(): string {
  try {
    return localStorage.getItem(DRAFT) ?? USUAL_POLICY;
  } catch {
    return USUAL_POLICY;
  }
}

function keepDraft(text: string): boolean {
  try {
    if (text === USUAL_POLICY) localStorage.removeItem(DRAFT);
    else localStorage.setItem(DRAFT, text);
    return true;
  } catch {
    return false;
  }
}
