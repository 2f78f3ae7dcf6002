// One browser, one network, one test at a time: they share a node, and a machine that has others to serve.
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'tests',
  outputDir: 'artifacts/failed',
  globalSetup: './tests/ground/begin.ts',
  globalTeardown: './tests/ground/end.ts',
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json', { outputFile: 'artifacts/report.json' }]],
  use: {
    browserName: 'chromium',
    launchOptions: {
      executablePath: process.env['STUN_CHROMIUM'] ?? '/usr/bin/chromium',
      // Chromium's own sandbox wants rights that a container does not give; the pages are ours.
      args: ['--no-sandbox'],
    },
    viewport: { width: 1360, height: 900 },
    screenshot: 'only-on-failure',
  },
});
