import { useMemo, useRef, useState, type FormEvent, type ReactElement } from 'react';
import { navigate, useQueryValue } from '~/app/router';
import { Button, PageHead, Panel } from '~/design/parts';
import { FaultBar, Field, toldBy } from '~/design/states';
import { useSession } from '~/session/session';
import { useModels } from '../models/models';
import { capOf } from '../spending/cap';
import { Choices, TextField, type Bound, type Option } from './fields';
import { estimable, PATHS, requestOf, type Check, type Draft, type Faults } from './draft';
import { Estimated } from './Estimated';
import { Inputs } from './Inputs';
import { rememberImage, rememberedImages, useDraftLike } from './like';
import { submit } from './submit';
import './order.css';

export function NewTaskPage(): ReactElement {
  const [like] = useQueryValue('like');
  const [model] = useQueryValue('model');
  const begun = useDraftLike(like, model);
  return (
    <>
      <PageHead title="New task" back={{ to: '/tasks', name: 'Tasks' }} lead="What is to be run, how it is checked, and the most that it may cost." />
      {begun !== undefined && <Form key={like ?? model ?? ''} begun={begun.draft} note={begun.note} />}
    </>
  );
}

function Form({ begun, note }: { readonly begun: Draft; readonly note: string | undefined }): ReactElement {
  const session = useSession();
  const [draft, setDraft] = useState(begun);
  const [isTried, setTried] = useState(false);
  const [told, setTold] = useState<Faults>({});
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  // One key for one form: pressing twice, or after a break of the line, hands in one task.
  const key = useRef(crypto.randomUUID());
  const made = useMemo(() => requestOf(draft), [draft]);
  const request = Object.keys(made.faults).length === 0 ? made.request : undefined;
  const change = (next: Partial<Draft>) => {
    setDraft({ ...draft, ...next });
    setTold({});
    key.current = crypto.randomUUID();
  };
  const bound: Bound = { draft, change, faults: { ...(isTried ? made.faults : {}), ...told } };

  const send = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    setError(undefined);
    if (request === undefined) {
      requestAnimationFrame(() => document.querySelector<HTMLElement>('[aria-invalid]')?.focus());
      return;
    }
    const cap = capOf(session?.account ?? '');
    if (cap !== undefined && BigInt(request.priceLimit ?? 0) > cap) {
      setTold({ priceLimit: `Your own cap is ${cap} for one task; Spending changes it.` });
      return;
    }
    setBusy(true);
    try {
      const id = await submit(request, key.current);
      if (request.image !== undefined) rememberImage(request.image);
      navigate(`/tasks/${id}`);
    } catch (refused) {
      setError(refused);
      setTold(Object.fromEntries(toldBy(refused).faults.flatMap(fault =>
        (PATHS[fault.path.replace(/\[.*/, '')] === undefined ? [] : [[PATHS[fault.path.replace(/\[.*/, '')]!, fault.message]]))));
      setBusy(false);
    }
  };
  return (
    <form className="columns main-side order" onSubmit={event => void send(event)} noValidate>
      <div className="stack">
        {note !== undefined && <p className="note-bar">{note}</p>}
        <What of={bound} />
        <Checking of={bound} />
        <Needs of={bound} />
      </div>
      <div className="stack beside">
        <Estimated request={estimable(made.request, made.faults)} />
        <Panel title="Limits">
          <div className="stack">
            <TextField of={bound} name="priceLimit" label="Price limit" unit="units" hint="Set aside at once. What is not used comes back." />
            <div className="pair">
              <TextField of={bound} name="runTime" label="Run time" unit="s" />
              <TextField of={bound} name="deadlineHours" label="Done within" unit="h" />
            </div>
            {error !== undefined && <FaultBar error={error} />}
            <Button type="submit" look="primary" size="large" isBusy={isBusy}>
              {session?.kind === 'wallet' ? 'Sign and hand in' : 'Hand in'}
            </Button>
          </div>
        </Panel>
      </div>
    </form>
  );
}

function What({ of }: { readonly of: Bound }): ReactElement {
  const { draft, change } = of;
  const models = useModels();
  return (
    <Panel
      title="Work"
      aside={
        <div className="segments" role="group" aria-label="What is run">
          <button type="button" aria-pressed={draft.work === 'image'} onClick={() => change({ work: 'image' })}>Image</button>
          <button type="button" aria-pressed={draft.work === 'model'} onClick={() => change({ work: 'model' })}>Model</button>
        </div>
      }
    >
      <div className="stack">
        {draft.work === 'image'
          ? (
            <>
              <TextField
                of={of} name="image" label="Image" mono list="images" placeholder="docker://registry/name@sha256:…"
                hint="By digest, so that everybody runs the same."
              />
              <datalist id="images">{rememberedImages().map(image => <option key={image} value={image} />)}</datalist>
            </>
          )
          : (
            <Field label="Model" fault={of.faults.model} hint="Registered models, each with the program that runs it.">
              {props => (
                <select {...props} className="select" value={draft.model} onChange={event => change({ model: event.target.value })}>
                  <option value="">Choose one</option>
                  {models.data?.models.map(each => <option key={each.digest} value={each.digest}>{each.name}</option>)}
                </select>
              )}
            </Field>
          )}
        <Field label="Command" fault={of.faults.command} hint="As in a shell, with quotes; nothing is expanded. Left empty, the image’s own.">
          {props => (
            <textarea
              {...props} className="area mono" rows={3} spellCheck={false} value={draft.command} placeholder="sh -c 'echo hello'"
              onChange={event => change({ command: event.target.value })}
            />
          )}
        </Field>
        <div className="field">
          <span className="label">Input files</span>
          <Inputs inputs={draft.inputs} change={inputs => change({ inputs })} />
        </div>
        <TextField
          of={of} name="outputs" label="Output files" mono placeholder="result.json plot.png"
          hint="Names in /out that are the result. Left empty, it is what the program writes to its standard output."
        />
      </div>
    </Panel>
  );
}

const CHECKS: readonly Option<Check>[] = [
  { value: 'redundant', name: 'Redundant', text: 'Several providers run it, and enough of them must agree.' },
  { value: 'audit', name: 'Audit', text: 'One runs it. Validators run some again, by private lot.' },
  { value: 'none', name: 'None', text: 'One runs it, and is believed. The cheapest.' },
];

const COMPARATORS: readonly Option<Draft['comparator']>[] = [
  { value: 'bytes', name: 'Bytes', text: 'Equal to the last bit' },
  { value: 'json', name: 'JSON', text: 'Equal in meaning' },
  { value: 'numeric', name: 'Numbers', text: 'Within a tolerance' },
  { value: 'histogram', name: 'Histogram', text: 'Within a distance' },
];

function Checking({ of }: { readonly of: Bound }): ReactElement {
  const { draft, change } = of;
  return (
    <Panel title="Verification">
      <div className="stack">
        <Choices label="How the result is checked" name="check" value={draft.check} options={CHECKS} choose={check => change({ check })} />
        {draft.check === 'redundant' && (
          <div className="pair">
            <TextField of={of} name="agreeing" label="Must agree" unit="runs" />
            <TextField of={of} name="attempts" label="At most" unit="runs" />
          </div>
        )}
        {draft.check === 'audit' && <TextField of={of} name="auditShare" label="Run again" unit="%" hint="A cheat passes unseen in the rest, and loses many times the price when it is caught." />}
        {draft.check !== 'none' && (
          <>
            <span className="label small">Two results are the same when they are</span>
            <Choices label="When two results are the same" name="comparator" value={draft.comparator} options={COMPARATORS} choose={comparator => change({ comparator })} />
            {draft.comparator === 'numeric' && <TextField of={of} name="tolerance" label="Tolerance" unit="%" />}
            {draft.comparator === 'histogram' && <TextField of={of} name="distance" label="Largest distance" unit="%" hint="Half the sum of all differences between the two, as shares." />}
          </>
        )}
      </div>
    </Panel>
  );
}

function Needs({ of }: { readonly of: Bound }): ReactElement {
  return (
    <Panel title="Needs">
      <div className="stack">
        <div className="needs">
          <TextField of={of} name="cpu" label="Processors" unit="cores" />
          <TextField of={of} name="memory" label="Memory" unit="MiB" />
          <TextField of={of} name="disk" label="Scratch" unit="MiB" />
          <TextField of={of} name="gpus" label="GPUs" unit="" />
          {of.draft.gpus !== '0' && of.draft.gpus !== '' && <TextField of={of} name="gpuMemory" label="GPU memory" unit="MiB" />}
        </div>
        <div className="pair">
          <TextField of={of} name="regions" label="Regions" mono placeholder="anywhere" hint="As eu-de us-east." />
          <TextField of={of} name="reputation" label="Reputation at least" unit="%" placeholder="any" />
        </div>
      </div>
    </Panel>
  );
}
