import type { z } from 'zod';
import type { workerRequests } from '../../shared/ipc.ts';

type Requests = typeof workerRequests;
export type TurnBegin = z.infer<Requests['turn.begin']['request']>;
export type TurnBeginReply = z.infer<Requests['turn.begin']['reply']>;
export type TurnCommit = z.infer<Requests['turn.commit']['request']>;
export type TurnCommitReply = z.infer<Requests['turn.commit']['reply']>;

/** The supervisor's side of a turn; the pool routes each worker's requests here with the client they come from. */
export interface TurnService {
  begin(clientId: string, request: TurnBegin): Promise<TurnBeginReply>;
  commit(clientId: string, request: TurnCommit): Promise<TurnCommitReply>;
}
