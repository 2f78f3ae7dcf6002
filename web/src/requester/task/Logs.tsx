// What the runs write, while they write it. The text is somebody else's: it is shown as text, without the commands that
// terminals would obey, and no more of it is kept than a limit.
import { useEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import type { TaskView } from '~/api/views';
import { Button, Panel } from '~/design/parts';
import { Empty, Fault, Loading } from '~/design/states';
import { stun } from '~/session/session';

interface Piece {
  readonly key: string;
  readonly attempt: string;
  readonly stream: string;
  readonly text: string;
}

/** Characters that are kept; what is older leaves. */
const KEPT_MAX = 400_000;

/** Colours and movements of a cursor mean nothing here. */
// eslint-disable-next-line no-control-regex
const COMMANDS = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

interface State {
  readonly pieces: readonly Piece[];
  readonly isCut: boolean;
  readonly isOver: boolean;
  readonly error: unknown;
}

const BEGIN: State = { pieces: [], isCut: false, isOver: false, error: undefined };

function useLogs(id: string, again: number): State {
  const [state, setState] = useState<State>(BEGIN);
  useEffect(() => {
    const ends = new AbortController();
    let waiting: Piece[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hand = () => {
      timer = undefined;
      const news = waiting;
      waiting = [];
      setState(old => cut({ ...old, pieces: [...old.pieces, ...news] }));
    };
    const follow = async () => {
      try {
        for await (const piece of (await stun()).logs(id, { signal: ends.signal })) {
          const text = piece.text.replace(COMMANDS, '');
          waiting.push({ key: `${piece.attempt} ${piece.stream} ${piece.offset}`, attempt: piece.attempt, stream: piece.stream, text });
          timer ??= setTimeout(hand, 80);
        }
        hand();
        setState(old => ({ ...old, isOver: true }));
      } catch (error) {
        if (!ends.signal.aborted) setState(old => ({ ...old, error }));
      }
    };
    setState(BEGIN);
    void follow();
    return () => {
      clearTimeout(timer);
      ends.abort();
    };
  }, [id, again]);
  return state;
}

function cut(state: State): State {
  let size = 0;
  let from = state.pieces.length;
  while (from > 0 && size < KEPT_MAX) size += state.pieces[--from]!.text.length;
  return from === 0 ? state : { ...state, pieces: state.pieces.slice(from), isCut: true };
}

export function Logs({ task }: { readonly task: TaskView }): ReactElement {
  const [again, setAgain] = useState(0);
  const logs = useLogs(task.id, again);
  const [chosen, setChosen] = useState<string>();
  const [isFollowing, setFollowing] = useState(true);
  const box = useRef<HTMLDivElement>(null);
  const attempts = useMemo(() => [...new Set(logs.pieces.map(piece => piece.attempt))], [logs.pieces]);
  const attempt = chosen ?? attempts[0];
  const shown = logs.pieces.filter(piece => piece.attempt === attempt);
  useEffect(() => {
    if (isFollowing && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [shown.length, isFollowing]);

  if (logs.error !== undefined && logs.pieces.length === 0) return <Fault error={logs.error} again={() => setAgain(again + 1)} />;
  if (logs.pieces.length === 0 && logs.isOver)
    return <Panel><Empty title="Nothing was written">The runs of this task wrote nothing, or what they wrote is not kept any more.</Empty></Panel>;
  if (logs.pieces.length === 0) return <Panel><Loading label="Waiting for what the task writes" /></Panel>;
  return (
    <section className="panel logs" aria-label="Logs">
      <header>
        <div className="segments" role="group" aria-label="Run">
          {attempts.map(each => (
            <button type="button" key={each} aria-pressed={each === attempt} onClick={() => setChosen(each)}>{each}</button>
          ))}
        </div>
        <Button size="small" look={isFollowing ? undefined : 'primary'} onClick={() => setFollowing(!isFollowing)}>
          {isFollowing ? 'Stop following' : 'Follow'}
        </Button>
      </header>
      {logs.isCut && <p className="note-bar">The beginning is left out here; <code>stun task logs</code> has all of it.</p>}
      <div
        className="log-box" ref={box} tabIndex={0} role="log" aria-label={`What ${attempt} writes`}
        onWheel={event => { if (event.deltaY < 0) setFollowing(false); }}
      >
        {shown.map(piece => <span key={piece.key} className={piece.stream === 'errors' ? 'bad' : ''}>{piece.text}</span>)}
      </div>
    </section>
  );
}
