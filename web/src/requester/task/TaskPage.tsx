import { lazy, Suspense, useState, type ReactElement } from 'react';
import type { TaskView, WhyView } from '~/api/views';
import { Link, type Params } from '~/app/router';
import { say } from '~/app/toasts';
import { Badge, Button, ButtonLink, Copy, PageHead } from '~/design/parts';
import { Fault, FaultBar, Loading } from '~/design/states';
import { useQuery, type Fetched } from '~/live/query';
import { may, stun } from '~/session/session';
import { isFinal, toneOf, wordOf } from '../tasks/states';
import { Overview } from './Overview';
import './task.css';

const Logs = lazy(async () => ({ default: (await import('./Logs')).Logs }));
const ResultTab = lazy(async () => ({ default: (await import('./ResultTab')).ResultTab }));
const WhyTab = lazy(async () => ({ default: (await import('./WhyTab')).WhyTab }));
const ProofTab = lazy(async () => ({ default: (await import('./ProofTab')).ProofTab }));

const TABS: readonly (readonly [string, string])[] = [
  ['', 'Progress'], ['logs', 'Logs'], ['result', 'Result'], ['why', 'Why'], ['proof', 'Receipts'],
];

export type Why = Fetched<WhyView> & { readonly again: () => void };

export function TaskPage({ params }: { readonly params: Params }): ReactElement {
  const id = params['id'] ?? '';
  const tab = params['tab'] ?? '';
  const topics = [`task:${id}`];
  const task = useQuery(`task ${id}`, async signal => (await stun()).request<TaskView>('GET', ['tasks', id], { signal }), { topics });
  const why = useQuery(`why ${id}`, async signal => (await stun()).request<WhyView>('GET', ['tasks', id, 'why'], { signal }), { topics });
  const back = { to: '/tasks', name: 'Tasks' };
  if (task.data === undefined)
    return (
      <>
        <PageHead title="Task" back={back} />
        {task.error === undefined ? <Loading rows={8} /> : <Fault error={task.error} again={task.again} />}
      </>
    );
  return (
    <>
      <PageHead
        title={`Task ${id.slice(0, 8)}`} back={back} actions={<Actions task={task.data} again={task.again} />}
        lead={
          <span className="row wrapping">
            <Badge tone={toneOf(task.data.state)}>{wordOf(task.data.state)}</Badge>
            <code className="wrap">{id}</code><Copy text={id} name="Copy the task's id" />
          </span>
        }
      />
      {task.error !== undefined && <FaultBar error={task.error} again={task.again} />}
      <nav className="tabs" aria-label="Parts of the task">
        {TABS.map(([path, name]) => (
          <Link key={path} to={`/tasks/${id}${path === '' ? '' : '/' + path}`} aria-current={tab === path ? 'page' : undefined}>
            {name}
          </Link>
        ))}
      </nav>
      <Suspense fallback={<Loading rows={6} />}><Tab tab={tab} task={task.data} why={why} /></Suspense>
    </>
  );
}

function Tab({ tab, task, why }: { readonly tab: string; readonly task: TaskView; readonly why: Why }): ReactElement {
  switch (tab) {
    case 'logs': return <Logs task={task} />;
    case 'result': return <ResultTab task={task} />;
    case 'why': return <WhyTab why={why} />;
    case 'proof': return <ProofTab task={task} />;
    default: return <Overview task={task} why={why} />;
  }
}

function Actions({ task, again }: { readonly task: TaskView; readonly again: () => void }): ReactElement {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const cancel = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await (await stun()).cancel(task.id);
      say('The task was asked to stop.');
      again();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const isOpen = !isFinal(task.state) && task.result == null;
  return (
    <>
      {isOpen && may('tasks:cancel') && <Button look="danger" icon="stop" isBusy={isBusy} onClick={() => void cancel()}>Cancel</Button>}
      {may('tasks:submit') && <ButtonLink to={`/tasks/new?like=${task.id}`} icon="plus">One like it</ButtonLink>}
      {error !== undefined && <FaultBar error={error} />}
    </>
  );
}
