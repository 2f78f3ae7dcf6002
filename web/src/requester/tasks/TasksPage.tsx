import { useMemo, type ReactElement } from 'react';
import type { TaskView } from '~/api/views';
import { useQueryValue } from '~/app/router';
import { count, short } from '~/app/words';
import { Ago, Amount, Badge, ButtonLink, PageHead } from '~/design/parts';
import { Empty, Fault, FaultBar, Loading } from '~/design/states';
import { VirtualTable, type Column } from '~/design/VirtualTable';
import { may, useSession } from '~/session/session';
import { TaskFeed, useFeed, type FeedState } from './feed';
import { reasonText, STATE_NAMES, toneOf, wordOf } from './states';

const COLUMNS: readonly Column<TaskView>[] = [
  { name: 'Task', width: 'minmax(6.5rem, 1.2fr)', cell: task => <TaskName task={task} /> },
  {
    name: 'State', width: 'minmax(0, 1.6fr)',
    cell: task => (
      <span className="row">
        <Badge tone={toneOf(task.state)}>{wordOf(task.state)}</Badge>
        <span className="faint clip">{reasonText(task.reason)}</span>
      </span>
    ),
  },
  { name: 'Requester', width: 'minmax(6rem, 0.8fr)', isExtra: true, cell: task => <span className="mono faint">{short(task.requester)}</span> },
  { name: 'Price limit', width: 'minmax(7rem, 0.7fr)', isEnd: true, isExtra: true, cell: task => <Amount of={task.price_limit} /> },
  { name: 'Handed in', width: 'minmax(5rem, 6.5rem)', isEnd: true, cell: task => <Ago at={task.submitted_at} /> },
];

function TaskName({ task }: { readonly task: TaskView }): ReactElement {
  return <><span className="mono">{short(task.id, 8, 4)}</span>{task.work && <span className="faint"> {task.work}</span>}</>;
}

export function TasksPage(): ReactElement {
  const session = useSession();
  const [state, setState] = useQueryValue('state');
  const feed = useMemo(() => new TaskFeed({ state }), [state, session]);
  const now = useFeed(feed);
  return (
    <>
      <PageHead
        title="Tasks" lead={leadOf(now, session?.role)}
        actions={
          <>
            <select className="select auto" aria-label="State" value={state ?? ''} onChange={event => setState(event.target.value)}>
              <option value="">All states</option>
              {STATE_NAMES.filter(name => name !== 'verified').map(name => <option key={name} value={name}>{wordOf(name)}</option>)}
            </select>
            {may('tasks:submit') && <ButtonLink to="/tasks/new" look="primary" icon="plus">New task</ButtonLink>}
          </>
        }
      />
      <section className="panel" aria-label="Tasks"><List now={now} feed={feed} state={state} /></section>
    </>
  );
}

function leadOf(now: FeedState, role: string | undefined): string {
  if (now.at === 0) return 'What was handed in, newest first.';
  const whose = role === 'requester' ? 'of yours' : 'of this network';
  return `${count(now.tasks.length)}${now.isWhole ? '' : ' and more'} ${whose}, newest first.`;
}

function List({ now, feed, state }: { readonly now: FeedState; readonly feed: TaskFeed; readonly state: string | undefined }): ReactElement {
  if (now.tasks.length === 0 && now.error !== undefined) return <Fault error={now.error} again={() => void feed.more()} />;
  if (now.at === 0) return <Loading rows={9} />;
  if (now.tasks.length === 0)
    return state === undefined
      ? (
        <Empty title="No task yet" actions={may('tasks:submit') && <ButtonLink to="/tasks/new" look="primary">Hand in the first one</ButtonLink>}>
          A task is a program in an image and what it may cost. Strangers run it, others check it, and the money moves when it is right.
        </Empty>
      )
      : <Empty icon="search" title="None in this state">Choose another state, or all of them.</Empty>;
  return (
    <>
      {now.error !== undefined && <FaultBar error={now.error} />}
      <VirtualTable
        label="Tasks" rows={now.tasks} columns={COLUMNS} keyOf={task => task.id} to={task => `/tasks/${task.id}`}
        onEnd={feed.more}
      />
    </>
  );
}
