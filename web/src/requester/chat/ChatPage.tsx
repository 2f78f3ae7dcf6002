import { useEffect, useRef, useState, type FormEvent, type ReactElement } from 'react';
import { Link, useQueryValue } from '~/app/router';
import { short, spanOf } from '~/app/words';
import { Button, PageHead } from '~/design/parts';
import { Empty, FaultBar, Field, Shown } from '~/design/states';
import { useServedModels } from '../models/models';
import { talk, type Told, type Word } from './talk';
import './chat.css';

interface Turn {
  readonly word: Word;
  readonly told?: Told;
  readonly isStopped?: boolean;
}

export function ChatPage(): ReactElement {
  const served = useServedModels();
  return (
    <>
      <PageHead title="Chat" lead="A playground over the API that models answer at; every answer says who gave it, and how it is verified." />
      <Shown
        of={served}
        empty={{
          when: data => data.data.length === 0,
          show: (
            <section className="panel">
              <Empty icon="chat" title="No model answers yet">
                A service keeps a registered model running, or the node’s owner names a provider outside. What answers appears here by itself.
              </Empty>
            </section>
          ),
        }}
      >
        {data => <Talk models={data.data.map(each => each.id)} />}
      </Shown>
    </>
  );
}

function Talk({ models }: { readonly models: readonly string[] }): ReactElement {
  const [asked, setAsked] = useQueryValue('model');
  const model = asked !== undefined && models.includes(asked) ? asked : models[0]!;
  const [system, setSystem] = useState('');
  const [temperature, setTemperature] = useState('0.7');
  const [tokensMax, setTokensMax] = useState('512');
  const [turns, setTurns] = useState<readonly Turn[]>([]);
  const [coming, setComing] = useState<string>();
  const [question, setQuestion] = useState('');
  const [error, setError] = useState<unknown>();
  const ends = useRef<AbortController>(undefined);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => () => ends.current?.abort(), []);
  useEffect(() => {
    end.current?.scrollIntoView({ block: 'end' });
  }, [turns.length, coming]);

  const ask = async (text: string, before: readonly Turn[]) => {
    const mine: Turn[] = [...before, { word: { role: 'user', content: text } }];
    const words: Word[] = [
      ...(system.trim() === '' ? [] : [{ role: 'system', content: system } as const]), ...mine.map(turn => turn.word)];
    const stop = new AbortController();
    ends.current = stop;
    setTurns(mine);
    setQuestion('');
    setError(undefined);
    setComing('');
    let answer = '';
    let told: Told | undefined;
    try {
      const most = Number(tokensMax);
      told = await talk(
        { model, words, temperature: Number(temperature) || 0, tokensMax: most > 0 ? most : undefined },
        piece => setComing(answer += piece), stop.signal);
    } catch (failure) {
      if (!stop.signal.aborted) setError(failure);
    }
    setComing(undefined);
    if (answer !== '')
      setTurns([...mine, { word: { role: 'assistant', content: answer }, ...(told === undefined ? { isStopped: true } : { told }) }]);
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (question.trim() !== '' && coming === undefined) void ask(question, turns);
  };
  return (
    <div className="chat">
      <section className="panel talk" aria-label="Talk">
        <div className="turns" role="log" aria-label="What was said" tabIndex={0}>
          {turns.length === 0 && coming === undefined && <Empty icon="chat" title={`Ask ${model}`}>What you write goes to whoever runs it. Nothing is kept in this browser.</Empty>}
          {turns.map((turn, at) => <Said key={at} turn={turn} />)}
          {coming !== undefined && <Said turn={{ word: { role: 'assistant', content: coming } }} isComing />}
          {error !== undefined && <FaultBar error={error} again={() => void ask(turns.at(-1)!.word.content, turns.slice(0, -1))} />}
          <div ref={end} />
        </div>
        <form className="ask" onSubmit={send}>
          <textarea
            className="area" rows={2} aria-label="Your question" placeholder="Ask something" value={question}
            onChange={event => setQuestion(event.target.value)}
            onKeyDown={event => {
              if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) send(event);
            }}
          />
          {coming === undefined
            ? <Button type="submit" look="primary" icon="send" aria-label="Ask" disabled={question.trim() === ''} />
            : <Button icon="stop" aria-label="Stop" onClick={() => ends.current?.abort()} />}
        </form>
      </section>
      <aside className="panel knobs" aria-label="Settings">
        <div className="body stack">
          <Field label="Model">
            {props => (
              <select {...props} className="select" value={model} onChange={event => setAsked(event.target.value)}>
                {models.map(each => <option key={each}>{each}</option>)}
              </select>
            )}
          </Field>
          <Field label="Instructions" hint="Said before everything else.">
            {props => <textarea {...props} className="area" rows={3} value={system} onChange={event => setSystem(event.target.value)} />}
          </Field>
          <div className="row pair">
            <Field label="Temperature">
              {props => <input {...props} className="input num" inputMode="decimal" value={temperature} onChange={event => setTemperature(event.target.value)} />}
            </Field>
            <Field label="Tokens at most">
              {props => <input {...props} className="input num" inputMode="numeric" value={tokensMax} onChange={event => setTokensMax(event.target.value)} />}
            </Field>
          </div>
          <Button disabled={turns.length === 0 || coming !== undefined} onClick={() => setTurns([])}>Begin anew</Button>
        </div>
      </aside>
    </div>
  );
}

function Said({ turn, isComing }: { readonly turn: Turn; readonly isComing?: boolean }): ReactElement {
  const { word, told } = turn;
  return (
    <article className={`said ${word.role}`}>
      <h2 className="sr">{word.role === 'user' ? 'You' : 'The model'}</h2>
      <div className="text">{word.content}{isComing && <span className="caret" aria-hidden="true" />}</div>
      {turn.isStopped && <p className="faint small">Stopped before its end.</p>}
      {told && (
        <p className="faint small">
          {spanOf(told.firstMs)} to the first word, {spanOf(told.allMs)} in all
          {told.tokensOut !== undefined && <> · {told.tokensIn} + {told.tokensOut} tokens</>}
          {told.provider !== undefined && <> · by <span title={told.provider}>{short(told.provider)}</span></>}
          {told.verification !== undefined && <> · verified: {told.verification}</>}
          {told.task !== undefined && <> · <Link className="link" to={`/tasks/${told.task}`}>its task</Link></>}
        </p>
      )}
    </article>
  );
}
