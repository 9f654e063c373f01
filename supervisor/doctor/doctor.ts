import type { Clock } from '../../shared/clock.ts';
import { defaultSettings, type Settings } from '../../shared/settings.ts';
import { type Config, ConfigError, readConfig } from '../config.ts';
import { effectiveSettings } from '../stores/effective-settings.ts';
import type { State } from '../stores/state.ts';
import { browserFinding } from './browser.ts';
import { lookAtData } from './data.ts';
import { bad, type Finding, ok, warn } from './finding.ts';
import { diskFinding, memoryFinding } from './machine.ts';
import { clockFinding, type Reached, reach, type Target } from './network.ts';
import { librariesFinding, nodeFinding } from './program.ts';

const WHATSAPP_URL = 'https://web.whatsapp.com/';

export interface DoctorOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly whatsappUrl?: string;
  /** How long a server may take to answer, in milliseconds. */
  readonly timeoutMs?: number;
  /** Told of each finding as soon as it is known. */
  readonly onFinding?: (finding: Finding) => void;
  /** What a product knows that runs on the data folder: its files are not read then, and its bots are not starved by a trial. */
  readonly running?: { readonly settings: Settings; readonly onWhatsApp: boolean };
}

/** Looks at everything that the product needs. Changes nothing; works beside a running product and where none was ever started. */
export async function examine(options: DoctorOptions): Promise<readonly Finding[]> {
  const { env, clock, running } = options;
  const findings: Finding[] = [];
  const tell = (...found: readonly Finding[]): void => {
    findings.push(...found);
    for (const finding of found) options.onFinding?.(finding);
  };
  const { config, finding: environment } = configOf(env);
  tell(environment, nodeFinding(process.versions.node), librariesFinding());
  const data = await lookAtData(config, clock.now());
  const stored = data.state ? effectiveSettings(readerOf(data.state)) : defaultSettings;
  const settings = running?.settings ?? stored;
  const onWhatsApp = running?.onWhatsApp ?? hasClientsOnWhatsApp(data.state);
  const reaching = reachAll(options, config, config.production || onWhatsApp);
  const memory = memoryFinding(settings);
  tell(memory, await diskFinding(config.dataDir), ...data.findings);
  const tooFull = running !== undefined && memory.level !== 'ok';
  tell(
    tooFull
      ? warn(
          'browser',
          'It was not started: too little memory is free to try it beside the bots',
          'See memory',
        )
      : await browserFinding({ config: config.browser, wish: settings.whatsappBrowser, needed: onWhatsApp }),
  );
  const reached = await reaching;
  tell(
    ...reached.map(({ finding }) => finding),
    clockFinding(reached.flatMap(({ offsetMs }) => offsetMs ?? [])),
  );
  return findings;
}

function reachAll(
  { clock, whatsappUrl = WHATSAPP_URL, timeoutMs }: DoctorOptions,
  { shadowPayBaseUrl, statumBaseUrl }: Config,
  inEarnest: boolean,
): Promise<readonly Reached[]> {
  const targets: readonly Target[] = [
    { check: 'shadow-pay', name: 'Shadow Pay', url: shadowPayBaseUrl },
    { check: 'statum', name: 'Statum', url: statumBaseUrl },
    { check: 'whatsapp', name: 'WhatsApp Web', url: whatsappUrl },
  ];
  const how = { now: () => clock.now(), inEarnest, ...(timeoutMs !== undefined && { timeoutMs }) };
  return Promise.all(targets.map((target) => reach(target, how)));
}

/** An environment that makes no sense is a finding; the rest is looked at as if it were empty. */
function configOf(env: NodeJS.ProcessEnv): { readonly config: Config; readonly finding: Finding } {
  try {
    const config = readConfig(env);
    if (config.production && config.baseUrl === undefined) {
      const text = "BASE_URL is not set: Statum's delivery reports and links do not find their way here";
      return { config, finding: warn('environment', text, 'Set it to the public address, https://…') };
    }
    return {
      config,
      finding: ok(
        'environment',
        config.production ? 'Production' : 'Development (NODE_ENV is not production)',
      ),
    };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { DATA_DIR } = env;
    const config = readConfig(DATA_DIR === undefined ? {} : { DATA_DIR });
    return { config, finding: bad('environment', error.message, 'Correct or unset what is named') };
  }
}

function readerOf({ settings: { table } }: State) {
  return { get: (key: string) => table.get(key), values: () => table.values(), size: table.size };
}

function hasClientsOnWhatsApp(state: State | undefined): boolean {
  if (!state) return false;
  for (const { mode } of state.clients.table.values()) if (mode !== 'sandbox') return true;
  return false;
}
