import type { JSX } from 'preact';
import type { OrderAction } from '../../shared/order.ts';
import { actionLabels, questionFor } from '../models/order-actions.ts';
import type { OrderModel } from '../view-models.ts';
import { Icon, type IconName } from './icon.tsx';
import { Panel } from './panel.tsx';

const icons: Record<OrderAction, IconName> = {
  'check-payment': 'search',
  'confirm-payment': 'check',
  resend: 'send',
  'mark-delivered': 'check',
  'mark-refunded': 'refund',
  cancel: 'cross',
};

/** What staff may do with the order as it stands, and why the rest is not possible now. */
export function OrderActionsRegion({ model: { order, options } }: { model: OrderModel }): JSX.Element {
  const allowed = options.filter(({ refusal }) => refusal === undefined);
  const refused = options.filter(({ refusal }) => refusal !== undefined);
  return (
    <Panel id="order-actions" title="What you can do">
      {allowed.length === 0 ? (
        <p class="panel-text">Nothing is left to do: the order is settled.</p>
      ) : (
        <div class="button-row">
          {allowed.map(({ action }) => {
            const question = questionFor(action, order);
            return (
              <button
                key={action}
                type="button"
                id={`action-${action}`}
                class={question?.danger ? 'button button-grave' : 'button'}
                data-ask-url={`/orders/${order.orderNo}/actions/${action}`}
                data-ask={question && JSON.stringify(question)}
              >
                <Icon name={icons[action]} size={18} />
                {actionLabels[action]}
              </button>
            );
          })}
        </div>
      )}
      {refused.length === 0 ? null : (
        <details class="refused" id="refused-actions">
          <summary>Not possible now</summary>
          <dl>
            {refused.map(({ action, refusal }) => (
              <div key={action}>
                <dt>{actionLabels[action]}</dt>
                <dd>{refusal}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </Panel>
  );
}
