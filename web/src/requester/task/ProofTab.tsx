// The receipts of a task, to keep, and to check here: by the SDK's own code in this page, which asks nobody.
import { useState, type ReactElement } from 'react';
import type { Proof } from 'stun-sdk/receipts';
import type { NetworkView, TaskView } from '~/api/views';
import { Icon } from '~/design/Icon';
import { Amount, Button, Facts, Id, Panel } from '~/design/parts';
import { Empty, Shown } from '~/design/states';
import { useQuery } from '~/live/query';
import { stun } from '~/session/session';
import { saveText } from './save';

type Checked = { readonly proof: Proof; readonly ms: number } | { readonly faults: readonly string[] };

export function ProofTab({ task }: { readonly task: TaskView }): ReactElement {
  const text = useQuery(`proof ${task.id}`, async signal => (await stun()).proof(task.id, { signal }), { topics: [`task:${task.id}`] });
  if (task.result == null && text.data === undefined && task.state !== 'failed')
    return <Panel><Empty icon="shield" title="Not judged yet">Receipts and verdict are here when the validators have signed.</Empty></Panel>;
  return <Shown of={text} rows={6}>{data => <Receipts task={task} text={data} />}</Shown>;
}

function Receipts({ task, text }: { readonly task: TaskView; readonly text: string }): ReactElement {
  const [checked, setChecked] = useState<{ readonly of: string; readonly is: Checked }>();
  const [isBusy, setBusy] = useState(false);
  const check = async () => {
    setBusy(true);
    setChecked({ of: text, is: await checkedNow(task.id, text) });
    setBusy(false);
  };
  const now = checked?.of === text ? checked.is : undefined;
  return (
    <div className="columns main-side">
      <Panel title="Check it here" aside={<Button look="primary" icon="shield" isBusy={isBusy} onClick={() => void check()}>Verify in this browser</Button>}>
        {now === undefined
          ? (
            <p className="muted small">
              Signatures of requester, providers and validators, the quorum, the division of the money and the place in the batch are
              worked out from the bytes of the proof, in this page. Nobody is asked, and nothing that a node says besides is believed.
            </p>
          )
          : 'faults' in now ? <Wrong faults={now.faults} /> : <Right proof={now.proof} ms={now.ms} />}
      </Panel>
      <Panel title="Keep it">
        <div className="stack">
          <p className="muted small">One document with order, receipts, verdict and signatures. It can be checked for ever, also by <code>stun-verify</code>.</p>
          <Button icon="download" onClick={() => saveText(`stun-proof-${task.id}.json`, text)}>Download the proof</Button>
          <Button icon="download" look="plain" onClick={() => void saveTerms()}>Download the network's terms</Button>
        </div>
      </Panel>
    </div>
  );
}

async function saveTerms(): Promise<void> {
  saveText('stun-network.json', JSON.stringify(await (await stun()).network(), null, 2));
}

/** The terms that are trusted are those that this browser saw first from this network, and not what comes today. */
async function checkedNow(id: string, text: string): Promise<Checked> {
  const { readTerms, verify, ProofError } = await import('stun-sdk/receipts');
  try {
    const network = await (await stun()).network() as unknown as NetworkView;
    const terms = readTerms(pinned(network));
    const begun = performance.now();
    const proof = verify(text, terms);
    if (proof.task !== id) return { faults: [`The proof is of task ${proof.task}.`] };
    return { proof, ms: performance.now() - begun };
  } catch (wrong) {
    if (wrong instanceof ProofError) return { faults: wrong.message.split('\n') };
    return { faults: [wrong instanceof Error ? wrong.message : String(wrong)] };
  }
}

function pinned(network: NetworkView): unknown {
  const name = `stun.terms.${network.terms.domain_separator}`;
  try {
    const known = localStorage.getItem(name);
    if (known !== null) return JSON.parse(known);
    localStorage.setItem(name, JSON.stringify(network.terms));
  } catch {
    // Then those of today.
  }
  return network.terms;
}

function Wrong({ faults }: { readonly faults: readonly string[] }): ReactElement {
  return (
    <div className="stack" role="status">
      <p className="note-bar bad"><Icon name="alert" /><b>This proof does not hold.</b></p>
      <ul className="sentences">{faults.map((each, at) => <li key={at} className="wrap">{each}</li>)}</ul>
    </div>
  );
}

function Right({ proof, ms }: { readonly proof: Proof; readonly ms: number }): ReactElement {
  return (
    <div className="stack" role="status">
      <p className="note-bar good"><Icon name="check" /><b>The proof holds.</b> <span>Checked in {ms.toFixed(0)} ms.</span></p>
      <ul className="checks">{proof.checked.map(each => <li key={each}><Icon name="check" />{each}</li>)}</ul>
      <Facts of={[
        ['Outcome', proof.outcome ?? 'not judged'],
        ['Requester', <Id of={proof.requester} />],
        proof.result !== undefined && ['Result', <Id of={proof.result} head={12} tail={8} />],
        ['Signed by', `${proof.signers.length} validators`],
        proof.division !== undefined && ['Charged', <><Amount of={proof.division.charged} /> of <Amount of={proof.division.held} /></>],
        proof.batch !== undefined && ['Batch', String(proof.batch)],
      ]} />
      {proof.unchecked.length > 0 && (
        <div className="stack tight">
          <h3>What these bytes cannot show</h3>
          <ul className="sentences">{proof.unchecked.map(each => <li key={each}>{each}</li>)}</ul>
        </div>
      )}
    </div>
  );
}
