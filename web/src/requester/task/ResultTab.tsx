// The files that came out, each checked against its digest before a byte of it is shown.
import { useState, type ReactElement } from 'react';
import type { Result, ResultFile } from 'stun-sdk';
import type { TaskView } from '~/api/views';
import { bytes as sizeText, short } from '~/app/words';
import { Icon } from '~/design/Icon';
import { Button, Copy, Panel } from '~/design/parts';
import { Empty, FaultBar, Shown } from '~/design/states';
import { useQuery } from '~/live/query';
import { stun } from '~/session/session';
import { isFinal } from '../tasks/states';
import { PREVIEW_MAX } from './preview/kinds';
import { Preview } from './preview/Preview';
import { saveBlob } from './save';

/** More than that is not gathered in a page's memory. */
const SAVE_MAX = 512 << 20;

export function ResultTab({ task }: { readonly task: TaskView }): ReactElement {
  const result = useQuery(
    task.result == null ? undefined : `result ${task.id}`,
    async signal => (await stun()).result(task.id, { signal }), { topics: [`task:${task.id}`] });
  if (task.result == null)
    return (
      <Panel>
        <Empty icon={isFinal(task.state) ? 'empty' : 'clock'} title={isFinal(task.state) ? 'There is no result' : 'Not yet'}>
          {isFinal(task.state) ? 'The task ended without one; Why says how that came.' : 'It appears here when validators have found it right.'}
        </Empty>
      </Panel>
    );
  return <Shown of={result}>{data => <Files task={task} result={data} />}</Shown>;
}

function Files({ task, result }: { readonly task: TaskView; readonly result: Result }): ReactElement {
  const [chosen, setChosen] = useState<string>();
  const file = result.files.find(each => each.name === chosen) ?? result.files[0];
  if (file === undefined) return <Panel><Empty title="The result has no file">The program ended well and left nothing.</Empty></Panel>;
  return (
    <div className="result">
      <Panel title={`${result.files.length} ${result.files.length === 1 ? 'file' : 'files'}`} isFlush>
        <ul className="files">
          {result.files.map(each => (
            <li key={each.name}>
              <button type="button" aria-pressed={each.name === file.name} onClick={() => setChosen(each.name)}>
                <span className="clip">{each.name}</span><span className="faint num">{sizeText(each.size)}</span>
              </button>
            </li>
          ))}
        </ul>
      </Panel>
      <File key={file.digest + file.name} task={task} file={file} />
    </div>
  );
}

function File({ task, file }: { readonly task: TaskView; readonly file: ResultFile }): ReactElement {
  const isShown = file.size <= PREVIEW_MAX;
  const [saving, setSaving] = useState<{ readonly error?: unknown; readonly isBusy: boolean }>({ isBusy: false });
  const content = useQuery(
    isShown ? `file ${task.id} ${file.digest} ${file.name}` : undefined,
    async signal => (await stun()).readFile(task.id, file.name, { signal }) as Promise<Uint8Array<ArrayBuffer>>);
  const save = async () => {
    setSaving({ isBusy: true });
    try {
      const whole = content.data ?? await (await stun()).readFile(task.id, file.name) as Uint8Array<ArrayBuffer>;
      saveBlob(file.name.split('/').at(-1) ?? 'file', new Blob([whole]));
      setSaving({ isBusy: false });
    } catch (error) {
      setSaving({ isBusy: false, error });
    }
  };
  const name = <span className="clip" title={file.name}>{file.name}</span>;
  return (
    <Panel
      title={name} label={`File ${file.name}`}
      aside={<Button size="small" icon="download" isBusy={saving.isBusy} disabled={file.size > SAVE_MAX} onClick={() => void save()}>Download</Button>}
      footer={
        <span className="row"><Icon name="shield" /><span className="clip">Checked against <code>{short(file.digest, 10, 8)}</code></span>
          <Copy text={file.digest} name="Copy the digest" /></span>
      }
    >
      {saving.error !== undefined && <FaultBar error={saving.error} />}
      {isShown ? <Shown of={content} rows={6}>{bytes => <Preview name={file.name} bytes={bytes} />}</Shown>
        : <Empty icon="download" title="Too large to be shown here">Download it, or use <code>stun task result</code>.</Empty>}
    </Panel>
  );
}
