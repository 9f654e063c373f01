import { effectiveSettings } from '../stores/effective-settings.ts';
import type { StoredSettings, Stores } from '../stores/types.ts';
import { type RestartPolicy, restartPolicyOf } from './restart-policy.ts';

/** The restart policy as the settings ask for it now, computed anew only when they have changed. */
export function livePolicy(
  { settings }: Pick<Stores, 'settings'>,
  overrides: Partial<RestartPolicy> = {},
): () => RestartPolicy {
  let known: { readonly stored: StoredSettings | undefined; readonly policy: RestartPolicy } | undefined;
  return () => {
    const stored = settings.get('platform');
    if (known === undefined || known.stored !== stored)
      known = { stored, policy: { ...restartPolicyOf(effectiveSettings(settings)), ...overrides } };
    return known.policy;
  };
}
