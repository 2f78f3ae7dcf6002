import '~/design/fonts.css';
import '~/design/tokens.css';
import '~/design/base.css';
import '~/design/controls.css';
import '~/design/panels.css';
import '~/app/shell.css';
import '~/landing/landing.css';
import { createRoot } from 'react-dom/client';
import { App } from '~/app/App';
import { installWorker } from '~/app/install';
import { startLine } from '~/live/connection';

startLine();
installWorker();
createRoot(document.getElementById('root')!).render(<App />);
// Who asked to be told is told on every page; who did not loads nothing of it.
if (localStorage.getItem('stun.alerts.on') !== null) void import('~/provider/alerts/watch').then(alerts => alerts.startWatch());
