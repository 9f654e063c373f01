import type {
  ChatMessage,
  CustomerMessage,
  Faults,
  Ledger,
  PhoneView,
  PromptAnswer,
  WorldEvent,
  WorldFile,
} from '../../shared/world.ts';

/**
 * The supervisor's handle on the simulated world (a process of its own, which outlives a killed supervisor).
 * Calls throw AppError `unavailable` while the world does not answer, and pass on its own refusals with their field.
 */
export interface World {
  /** How it is reached now; changes when the world had to be started again. */
  readonly file: WorldFile;
  /** Where Shadow Pay's and Statum's simulated APIs are, ending in a slash. */
  readonly shadowPayBaseUrl: string;
  readonly statumBaseUrl: string;
  setCallbackUrl(url: string): Promise<void>;
  sendMessage(clientId: string, fromPhone: string, message: CustomerMessage): Promise<{ id: string }>;
  editMessage(clientId: string, id: string, text: string): Promise<void>;
  deleteMessage(clientId: string, id: string): Promise<void>;
  messages(clientId: string, phone: string, after?: string): Promise<readonly ChatMessage[]>;
  phone(phone: string): Promise<PhoneView>;
  answerPrompt(phone: string, answer: PromptAnswer): Promise<PhoneView>;
  setFaults(faults: Faults): Promise<void>;
  ledger(): Promise<Ledger>;
  /** Fires for each event of the world; after a lost connection listeners hear of later events only. */
  onEvent(listener: (event: WorldEvent) => void): () => void;
  /** Fires after the world was started again (new ports and token). */
  onRestart(listener: () => void): () => void;
  /** `stop`: end the world too (a graceful stop). Without: only let go of it. */
  close(options: { stop: boolean }): Promise<void>;
}
