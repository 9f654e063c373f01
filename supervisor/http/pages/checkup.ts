import { errorText } from '../../../shared/errors.ts';
import type { CheckupModel } from '../../../web/components/checkup.tsx';
import { checkNames, type Finding } from '../../doctor/finding.ts';
import type { Services } from '../types.ts';

/** The data key is not opened anew while the product runs on it. */
const EXPECTED = checkNames.length - 1;

/** The doctor's last look, or the one that is under way: one at a time, whoever asks. Forgotten with the process. */
export class Checkup {
  readonly #services: Pick<Services, 'examine' | 'clock' | 'logger'>;
  #findings: Finding[] = [];
  #running = false;
  #finishedAt: number | undefined;
  #failure: string | undefined;

  constructor(services: Pick<Services, 'examine' | 'clock' | 'logger'>) {
    this.#services = services;
  }

  /** Begins a look; does nothing while one is under way. */
  start(): void {
    if (this.#running) return;
    const { examine, clock, logger } = this.#services;
    this.#running = true;
    this.#findings = [];
    this.#failure = undefined;
    examine((finding) => this.#findings.push(finding))
      .catch((error: unknown) => {
        logger.error({ err: error }, 'the check-up could not be finished');
        this.#failure = `It could not be finished: ${errorText(error)}`;
      })
      .finally(() => {
        this.#running = false;
        this.#finishedAt = clock.now();
      });
  }

  view(): CheckupModel {
    const finishedAt = this.#finishedAt;
    return {
      now: this.#services.clock.now(),
      state: this.#running ? 'running' : finishedAt === undefined ? 'never' : 'done',
      findings: [...this.#findings],
      expected: EXPECTED,
      ...(finishedAt !== undefined && { finishedAt }),
      ...(this.#failure !== undefined && { failure: this.#failure }),
    };
  }
}
