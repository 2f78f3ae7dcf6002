// A wallet on the chain of this network, and the transactions that a page has it sign, step by step.
import { useCallback, useEffect, useRef, useState } from 'react';
import type { NetworkView } from '~/api/views';
import type { Evm, Sent } from './evm';

export interface Step {
  readonly name: string;
  readonly state: 'waiting' | 'signing' | 'sent' | 'done' | 'failed';
  readonly sent?: Sent;
}

export type StepPlan = readonly [name: string, run: (tell: (sent: Sent) => void) => Promise<Sent | undefined>];

export interface ChainUse {
  readonly evm: Evm | undefined;
  readonly isBusy: boolean;
  readonly error: unknown;
  readonly steps: readonly Step[];
  connect(): Promise<Evm | undefined>;
  /** Each after the one before is in a block; one that answers undefined was not needed. True if all went well. */
  run(plan: (evm: Evm) => readonly StepPlan[]): Promise<boolean>;
}

export function useChain(network: NetworkView | undefined): ChainUse {
  const [evm, setEvm] = useState<Evm>();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [steps, setSteps] = useState<readonly Step[]>([]);
  const isHere = useRef(true);
  useEffect(() => {
    isHere.current = true;
    return () => void (isHere.current = false);
  }, []);

  const connect = useCallback(async () => {
    if (network === undefined) return undefined;
    setBusy(true);
    setError(undefined);
    try {
      const opened = await (await import('./evm')).Evm.open(network);
      setEvm(opened);
      return opened;
    } catch (refused) {
      setError(refused);
      return undefined;
    } finally {
      setBusy(false);
    }
  }, [network]);

  const run = useCallback(async (plan: (evm: Evm) => readonly StepPlan[]) => {
    // Asked for anew: another account or chain may have been chosen in the wallet meanwhile.
    const opened = await connect();
    if (opened === undefined) return false;
    setBusy(true);
    const planned = plan(opened);
    const change = (at: number, step: Partial<Step>) => {
      if (isHere.current) setSteps(now => now.map((each, index) => (index === at ? { ...each, ...step } : each)));
    };
    setSteps(planned.map(([name]) => ({ name, state: 'waiting' })));
    let at = 0;
    try {
      for (; at < planned.length; at++) {
        change(at, { state: 'signing' });
        const sent = await planned[at]![1](next => change(at, { state: 'sent', sent: next }));
        change(at, { state: 'done', ...(sent === undefined ? {} : { sent }) });
      }
      return true;
    } catch (refused) {
      change(at, { state: 'failed' });
      setError(refused);
      return false;
    } finally {
      setBusy(false);
    }
  }, [connect]);

  return { evm, isBusy, error, steps, connect, run };
}
