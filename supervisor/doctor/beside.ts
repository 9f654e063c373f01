import type { Clock } from '../../shared/clock.ts';
import { effectiveSettings } from '../stores/effective-settings.ts';
import type { Stores } from '../stores/types.ts';
import type { Finding } from './finding.ts';

/** Examines what the product runs on. @param tell is given each finding as soon as it is known */
export type Examine = (tell: (finding: Finding) => void) => Promise<void>;

/** The doctor of a product that runs: it knows settings and bots from the stores, whose files it must not read now. */
export function doctorBeside({
  env,
  clock,
  stores,
}: {
  env: NodeJS.ProcessEnv;
  clock: Clock;
  stores: Stores;
}): Examine {
  return async (tell) => {
    // Only now: what starts browsers is large, and most supervisors never need it.
    const { examine } = await import('./doctor.ts');
    const clients = [...stores.clients.values()];
    await examine({
      env,
      clock,
      onFinding: tell,
      running: {
        settings: effectiveSettings(stores.settings),
        onWhatsApp: clients.some(({ mode }) => mode !== 'sandbox'),
      },
    });
  };
}
