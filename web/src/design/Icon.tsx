// The console's own drawings: strokes of 1.6 on a field of 24.
import type { ReactElement } from 'react';

const PATHS = {
  tasks: 'M4 6.5h2m4 0h10M4 12h2m4 0h10M4 17.5h2m4 0h10',
  plus: 'M12 5v14M5 12h14',
  model: 'M12 3 4 7.5v9L12 21l8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9',
  chat: 'M5 5h14a1.5 1.5 0 0 1 1.5 1.5v9A1.5 1.5 0 0 1 19 17h-7l-4.5 3.5V17H5a1.5 1.5 0 0 1-1.5-1.5v-9A1.5 1.5 0 0 1 5 5z',
  wallet: 'M4 7.5A2.5 2.5 0 0 1 6.5 5H18v3.5M4 7.5V17a2 2 0 0 0 2 2h13.5V8.5H6M16 13.75h.01',
  key: 'M14.5 3.5a6 6 0 1 1-5.6 8.1L4 16.5V20h3.5v-2.5H10V15l1.2-1.2M15.5 8.5h.01',
  server: 'M4.5 4.5h15v6h-15zM4.5 13.5h15v6h-15zM8 7.5h.01M8 16.5h.01',
  chart: 'M4 4v16h16M8 15l3.5-4.5 3 2.5L20 7',
  shield: 'M12 3.5 5 6v5.5c0 4.3 2.9 7.6 7 9 4.1-1.4 7-4.7 7-9V6zM9 12l2.2 2.2L15.2 10',
  policy: 'M6 3.5h8.5L19 8v12.5H6zM14 3.5V8.5h5M9 12.5h7M9 16h5',
  globe: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM3.5 12h17M12 3.5c2.5 2.4 3.7 5.200 3.700 8.500s-1.200 6.100-3.700 8.500c-2.500-2.400-3.700-5.200-3.700-8.500s1.200-6.100 3.700-8.500z',
  tag: 'M3.500 11.500v-8h8l9 9-8 8zM7.800 7.800h.01',
  vote: 'M5 12.500v7h14v-7M8 12.500l3.500 3 5-7.500M3.500 19.500h17',
  menu: 'M4 7h16M4 12h16M4 17h16',
  more: 'M5.500 12h.01M12 12h.01M18.500 12h.01',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 3v1.500M12 19.500V21M3 12h1.500M19.500 12H21M5.600 5.600l1.100 1.100M17.300 17.300l1.100 1.100M18.400 5.600l-1.100 1.100M6.700 17.300l-1.100 1.100',
  moon: 'M19.500 14.500A8 8 0 0 1 9.500 4.500a8 8 0 1 0 10 10z',
  auto: 'M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16',
  exit: 'M14 4.500H5.500v15H14M10 12h10m-3.500-3.500L20 12l-3.500 3.500',
  copy: 'M9 9h10.500v10.500H9zM5.500 15H4.500V4.500H15v1',
  check: 'm5 12.500 4.500 4.500L19 7.500',
  cross: 'm6 6 12 12M18 6 6 18',
  alert: 'M12 4 2.800 19.500h18.400zM12 10v4.500M12 17h.01',
  offline: 'M4 4l16 16M5 12.500a10 10 0 0 1 3.500-2.200M8.500 16a5 5 0 0 1 7 0M12 19.500h.01M10.500 8.600c3-.4 6 .9 8.500 3.900',
  download: 'M12 4v11m-4.500-4.500L12 15l4.500-4.500M4.500 19.500h15',
  upload: 'M12 15V4m-4.500 4.500L12 4l4.500 4.500M4.500 19.500h15',
  left: 'M14.500 6 8.500 12l6 6',
  right: 'm9.500 6 6 6-6 6',
  up: 'm6 14.500 6-6 6 6',
  down: 'm6 9.500 6 6 6-6',
  clock: 'M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM12 7.500V12l3 2',
  bell: 'M6.500 16.500V11a5.500 5.500 0 0 1 11 0v5.500l1.500 1.500H5zM10 20.500h4',
  stop: 'M7 7h10v10H7z',
  send: 'm4 12 16-7.500-5 15.500-3.500-6zM11.500 14l4-5',
  search: 'M11 4.500a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13zM20 20l-4.300-4.300',
  empty: 'M4 13.500 6.500 5h11l2.500 8.500v5.500H4zM4 13.500h5l1 2.500h4l1-2.500h5',
  link: 'M10 14a4 4 0 0 0 5.700 0l3-3A4 4 0 0 0 13 5.300l-1 1M14 10a4 4 0 0 0-5.700 0l-3 3a4 4 0 0 0 5.700 5.700l1-1',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }): ReactElement {
  return (
    <svg
      className="icon-svg" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round"
      strokeLinejoin="round" aria-hidden="true" focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

export function Bolt(): ReactElement {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <rect width="24" height="24" rx="6" fill="var(--ink)" />
      <path d="M13.900 4 7 13.300h4L9.700 20l7.200-9.800h-4.200z" fill="var(--bg)" />
    </svg>
  );
}
