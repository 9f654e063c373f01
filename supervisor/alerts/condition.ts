import type { Alert, AlertEnding, AlertKind, AlertSeverity } from '../../shared/alert.ts';

/** Something that is true now and that an admin must know of. */
export interface Condition {
  /** Names the trouble: the same key is the same trouble, however often it is looked at. */
  readonly key: string;
  readonly kind: AlertKind;
  readonly severity: AlertSeverity;
  readonly clientId: string | null;
  readonly title: string;
  /** What is the matter and what to do. Holds no span of time: "since 18:05" stays true, "for 7 minutes" does not. */
  readonly text: string;
  /** How many things it stands for; more of them is worse. Left out: how often it has come is counted. */
  readonly count?: number;
}

/** What a look at everything has found. */
export interface Judgement {
  readonly conditions: readonly Condition[];
  /** Keys of which nothing can be said just now (a bot that is starting): what was true of them stays. */
  readonly unclear: ReadonlySet<string>;
  /** How an alert ended whose condition is gone. */
  endingOf(alert: Alert): AlertEnding;
}
