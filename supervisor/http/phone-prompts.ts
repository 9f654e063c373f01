import { AppError } from '../../shared/errors.ts';
import type { PhoneView, PromptAnswer } from '../../shared/world.ts';
import type { Stores } from '../stores/types.ts';

/**
 * Simulated phones are everybody's, but a prompt on one belongs to the client whose order it pays: others do not see it.
 * @returns the phone as it looks to those who run `clientId`
 */
export function phoneSeenBy(
  clientId: string,
  view: PhoneView,
  orders: Pick<Stores['orders'], 'get'>,
): PhoneView {
  const order = view.prompt ? orders.get(view.prompt.reference) : undefined;
  return order !== undefined && order.clientId !== clientId ? { ...view, prompt: null } : view;
}

/**
 * What the owner of `clientId` may answer: the prompt that he sees, or an earlier one of his own orders.
 * @throws AppError `not-found`
 */
export function answerOfOwner(
  clientId: string,
  answer: PromptAnswer,
  view: PhoneView,
  orders: Pick<Stores['orders'], 'get' | 'byCheckoutRequestId'>,
): PromptAnswer {
  const checkoutRequestId =
    answer.checkoutRequestId ?? phoneSeenBy(clientId, view, orders).prompt?.checkoutRequestId;
  const isShown = checkoutRequestId !== undefined && checkoutRequestId === view.prompt?.checkoutRequestId;
  const order =
    isShown && view.prompt
      ? orders.get(view.prompt.reference)
      : checkoutRequestId === undefined
        ? undefined
        : orders.byCheckoutRequestId(checkoutRequestId);
  if (checkoutRequestId === undefined || order?.clientId !== clientId) {
    throw new AppError('not-found', 'There is no prompt of yours on this phone');
  }
  return { ...answer, checkoutRequestId };
}
