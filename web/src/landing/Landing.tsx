// The first page: what this is, and what it does right now.
import type { ReactElement } from 'react';
import { useStatistics, type StatisticsView } from '~/api/statistics';
import { Link, usePageTitle } from '~/app/router';
import { ThemeChoice } from '~/app/Shell';
import { count, money, share, spanOf } from '~/app/words';
import { Bolt, Icon, type IconName } from '~/design/Icon';
import { ButtonLink, Figures } from '~/design/parts';
import { useSession } from '~/session/session';
import { Spark } from './Spark';

const STEPS: readonly (readonly [IconName, string, string])[] = [
  ['upload', 'Hand in', 'A container, what it needs, and the most that it may cost. The money is set aside, not spent.'],
  ['server', 'Run', 'Providers who do not know each other run it, and bind themselves to a result before they see another’s.'],
  ['shield', 'Verify', 'Validators compare, run again by private lot, and sign. Who cheats loses its stake.'],
  ['wallet', 'Pay', 'The escrow pays on a verdict and on nothing else. A receipt proves it, also without us.'],
];

export function Landing(): ReactElement {
  const heading = usePageTitle('Stun');
  const session = useSession();
  return (
    <div className="landing">
      <header>
        <Link to="/" className="brand"><Bolt />Stun</Link>
        <nav aria-label="Beginning" className="row">
          <ThemeChoice />
          <Link to="/network" className="button plain">Network</Link>
          {session === undefined ? <ButtonLink to="/signin" look="primary">Sign in</ButtonLink>
            : <ButtonLink to="/tasks" look="primary">Open the console</ButtonLink>}
        </nav>
      </header>
      <main>
        <section className="hero">
          <h1 ref={heading} tabIndex={-1}>Compute that proves<br />what it did.</h1>
          <p>
            Strangers’ machines run your tasks. Others check the result. Nobody is paid before it is right,
            and every payment comes with a receipt that you can verify yourself.
          </p>
          <div className="row wrapping">
            <ButtonLink to={session === undefined ? '/signin' : '/tasks/new'} look="primary" size="large">Hand in a task</ButtonLink>
            <ButtonLink to="/network" size="large" icon="globe">See the network</ButtonLink>
          </div>
        </section>
        <Now />
        <ol className="steps">
          {STEPS.map(([icon, name, text]) => (
            <li key={name}><Icon name={icon} /><h2>{name}</h2><p>{text}</p></li>
          ))}
        </ol>
      </main>
    </div>
  );
}

function Now(): ReactElement {
  const { data, error } = useStatistics('24h');
  return (
    <section className="now" aria-labelledby="now">
      <div className="row spread">
        <h2 id="now" className="row"><span className={data === undefined ? 'dot' : 'dot live'} />This network, the last 24 hours</h2>
        {data === undefined && error !== undefined && <span className="faint small">The node does not answer just now.</span>}
      </div>
      <NowFigures of={data} />
      <Spark of={data?.series} />
    </section>
  );
}

function NowFigures({ of }: { readonly of: StatisticsView | undefined }): ReactElement {
  const paid = of && money(of.escrow.paid);
  const total = of?.latency.total.p50_micros;
  return (
    <Figures of={[
      { name: 'Providers online', value: of ? count(of.providers.online) : '–', unit: of && `of ${count(of.providers.known)}` },
      { name: 'Tasks done', value: of ? count(of.tasks.complete) : '–' },
      { name: 'Success', value: share(of?.success_ppm) },
      { name: 'Half are done within', value: total == null ? '–' : spanOf(total / 1_000) },
      { name: 'Cheats caught', value: of ? count(of.verification.fraud + (of.verification.disagreements ?? 0)) : '–' },
      { name: 'Paid out', value: paid?.figure ?? '–', unit: paid?.unit },
    ]} />
  );
}
