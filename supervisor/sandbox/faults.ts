import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import type { Fault, Faults } from '../../shared/world.ts';
import type { FaultOp, LedgerBook } from './ledger.ts';
import type { GatewayName } from './ledger-events.ts';

type Mode = Fault['mode'];

/** How long the time-out modes hold a connection, and how late `slow` is, where the fault does not say. */
export const DEFAULT_HOLD_MS = 60_000;
export const DEFAULT_SLOW_MS = 3_000;

const everyCall: readonly Mode[] = [
  'slow',
  'timeout-before',
  'timeout-after',
  'error-500',
  'error-401',
  'garbage',
  'empty',
];
/** Which faults an operation can have. On `callback`, `error-500` means: the network reports that it did not deliver. */
const possible: Record<GatewayName, Partial<Record<FaultOp, readonly Mode[]>>> = {
  shadowPay: { push: [...everyCall, 'insufficient'], status: everyCall },
  statum: {
    airtime: [...everyCall, 'insufficient', 'duplicate-callback'],
    balance: everyCall,
    callback: [
      'slow',
      'timeout-before',
      'timeout-after',
      'error-500',
      'garbage',
      'empty',
      'duplicate-callback',
    ],
  },
};
const defaultOps = { shadowPay: 'push', statum: 'airtime' } as const;

/**
 * Sets what goes wrong from now on. A fault stands at its gateway's operation until its `times` are used up or `ok` is set there;
 * `ok` without an operation ends all faults of that gateway.
 * @throws AppError `invalid` for a fault that its operation cannot have; then nothing is changed.
 */
export function setFaults(book: LedgerBook, clock: Clock, faults: Faults): void {
  const at = clock.now();
  const wanted: Array<[GatewayName, Fault]> = [];
  if (faults.shadowPay) wanted.push(['shadowPay', faults.shadowPay]);
  if (faults.statum) wanted.push(['statum', faults.statum]);
  for (const [gateway, fault] of wanted) requirePossible(gateway, fault);
  for (const [gateway, fault] of wanted) {
    const op = fault.op ?? (fault.mode === 'ok' ? undefined : defaultOps[gateway]);
    book.record({ type: 'fault-set', at, gateway, fault, ...(op === undefined ? {} : { op }) });
  }
  if (faults.floatKes !== undefined) book.record({ type: 'float-set', at, floatKes: faults.floatKes });
}

function requirePossible(gateway: GatewayName, { mode, op }: Fault): void {
  const modes = possible[gateway][op ?? defaultOps[gateway]];
  if (!modes)
    throw new AppError('invalid', `${gateway} has no operation "${op}"`, { field: `${gateway}.op` });
  if (mode === 'ok' || modes.includes(mode)) return;
  throw new AppError('invalid', `"${op ?? defaultOps[gateway]}" cannot have the fault "${mode}"`, {
    field: `${gateway}.mode`,
  });
}

/** The fault that this call meets; counts it down. */
export function takeFault(
  book: LedgerBook,
  clock: Clock,
  gateway: GatewayName,
  op: FaultOp,
): Fault | undefined {
  const fault = book.fault(gateway, op);
  if (fault?.times !== undefined) book.record({ type: 'fault-used', at: clock.now(), gateway, op });
  return fault;
}
