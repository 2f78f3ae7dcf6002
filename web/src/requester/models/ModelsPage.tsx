import type { ReactElement } from 'react';
import { bytes } from '~/app/words';
import { Ago, ButtonLink, Facts, Id, PageHead, Panel } from '~/design/parts';
import { Empty, Shown } from '~/design/states';
import { may } from '~/session/session';
import { useModels, useServedModels, type ModelView } from './models';

export function ModelsPage(): ReactElement {
  const models = useModels();
  const served = useServedModels();
  return (
    <>
      <PageHead title="Models" lead="Files that were trained, each with the program that runs it, and those that answer questions now." />
      <Panel title="Answering now" isFlush aside={<ButtonLink to="/chat" size="small" icon="chat">Chat</ButtonLink>}>
        <Shown
          of={served} rows={2}
          empty={{
            when: data => data.data.length === 0,
            show: <Empty icon="chat" title="No model answers">A service keeps one running: <code>POST /v1/services</code> with <code>openai: true</code>, or a provider outside that the node’s owner has named.</Empty>,
          }}
        >
          {data => (
            <table className="table">
              <thead><tr><th>Name</th><th>Of</th><th><span className="sr">What can be done</span></th></tr></thead>
              <tbody>
                {data.data.map(each => (
                  <tr key={each.id}>
                    <td className="mono wrap">{each.id}</td><td className="muted">{each.owned_by}</td>
                    <td className="end"><ButtonLink to={`/chat?model=${encodeURIComponent(each.id)}`} size="small">Ask it</ButtonLink></td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </Shown>
      </Panel>
      <Panel title="Registered" isFlush>
        <Shown
          of={models}
          empty={{
            when: data => data.models.length === 0,
            show: <Empty icon="model" title="No model is registered">Upload its file, and name the program that runs it: <code>POST /v1/registry/models</code>.</Empty>,
          }}
        >
          {data => <div className="cards">{data.models.map(model => <Card key={model.digest} model={model} />)}</div>}
        </Shown>
      </Panel>
    </>
  );
}

function Card({ model }: { readonly model: ModelView }): ReactElement {
  return (
    <article className="card">
      <div className="row spread">
        <h3 className="clip" title={model.name}>{model.name}</h3><span className="tag">{model.format}</span>
      </div>
      <Facts of={[
        ['Digest', <Id of={model.digest} head={8} tail={6} />],
        ['File', <span className="row"><span className="clip mono">{model.file.name}</span><span className="faint num">{bytes(model.file.size)}</span></span>],
        ['Creator', <Id of={model.creator} />],
        ['Registered', <Ago at={model.registered_at} />],
      ]} />
      {may('tasks:submit') && model.runner.run.length > 0 && <ButtonLink to={`/tasks/new?model=${model.digest}`} size="small" icon="plus">Task with it</ButtonLink>}
    </article>
  );
}
