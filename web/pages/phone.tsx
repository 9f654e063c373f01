import type { JSX } from 'preact';
import type { WorkerState } from '../../shared/client.ts';
import { orderStatus } from '../../shared/order.ts';
import { formatPhone } from '../../shared/phone.ts';
import { ChatLog, Composer, QuickReplies } from '../components/chat.tsx';
import { Icon } from '../components/icon.tsx';
import { Document, ThemeToggle } from '../components/layout.tsx';
import { EmptyState } from '../components/panel.tsx';
import { PhoneStatus, SimToolkit } from '../components/sim-toolkit.tsx';
import { OrderStatusBadge, workerStateText } from '../components/status.tsx';
import { Steps } from '../components/steps.tsx';
import { Timeline } from '../components/timeline.tsx';
import { Kes } from '../components/values.tsx';
import { deliverySteps, paymentSteps } from '../order-steps.ts';
import type { PageContext } from '../page-context.ts';
import type { PhoneModel } from '../view-models.ts';

/** A customer's phone on the screen: the chat with the bot, the M-Pesa prompt, the airtime, and what happens behind. */
export function PhonePage({ context, model }: { context: PageContext; model: PhoneModel }): JSX.Element {
  const { frame } = model;
  return (
    <Document
      context={context}
      title={`${frame.clientName}’s phone`}
      bodyClass="phone-page"
      rooms={[`phone:${frame.clientId}:${frame.phone}`]}
    >
      <main class="phone-stage" id="content" x-data="phoneStage">
        <div class="phone-side phone-intro">
          <div class="phone-intro-head">
            <a class="back-link" href={`/clients/${frame.clientId}`}>
              <Icon name="back" size={16} />
              {frame.clientName}
            </a>
            <ThemeToggle />
          </div>
          <h1>Buy airtime as a customer</h1>
          <ol class="how-to">
            <li>
              Tap <strong>Hi</strong>, then pick from the menu: each number is a button.
            </li>
            <li>Choose an amount and confirm with 1.</li>
            <li>
              The M-Pesa prompt pops up. <strong>Any four digits</strong> pay.
            </li>
            <li>Watch the airtime at the top of the phone grow.</li>
          </ol>
          <CustomerPicker model={model} />
        </div>
        <section class="phone" aria-label={`Phone of ${formatPhone(frame.phone)}`}>
          <PhoneStatus model={model} />
          <header class="chat-header">
            <a
              class="chat-back"
              href={`/clients/${frame.clientId}`}
              aria-label={`Back to ${frame.clientName}`}
            >
              <Icon name="back" size={24} />
            </a>
            <span class="avatar" aria-hidden="true">
              {[...frame.clientName][0]?.toUpperCase() ?? '?'}
            </span>
            <ChatPresence model={model} />
            <button
              type="button"
              class="chat-behind"
              x-on:click="toggleBehind()"
              x-bind:aria-expanded="behindOpen"
              aria-controls="behind"
              aria-label="What happens behind"
            >
              <Icon name="eye" size={22} />
            </button>
          </header>
          <ChatLog model={model} />
          <QuickReplies model={model} />
          <Composer model={model} />
          <SimToolkit model={model} />
        </section>
        <aside
          class="phone-side behind"
          id="behind"
          aria-labelledby="behind-title"
          x-bind:class="behindClass()"
        >
          <header class="behind-head">
            <h2 id="behind-title">What happens behind</h2>
            <button
              type="button"
              class="icon-button behind-close"
              x-on:click="toggleBehind()"
              aria-label="Close"
            >
              <Icon name="close" />
            </button>
          </header>
          <BehindRegion model={model} />
          <div class="behind-customers">
            <CustomerPicker model={model} />
          </div>
        </aside>
      </main>
    </Document>
  );
}

function presence(state: WorkerState, paused: boolean): string {
  if (state !== 'ready') return `${workerStateText(state)}: messages wait`;
  return paused ? 'online, selling is paused' : 'online';
}

export function ChatPresence({ model: { frame } }: { model: PhoneModel }): JSX.Element {
  return (
    <span class="chat-who" id="chat-who">
      <span class="chat-name">{frame.clientName}</span>
      <span class="chat-presence">{presence(frame.state, frame.paused)}</span>
    </span>
  );
}

function CustomerPicker({ model: { frame } }: { model: PhoneModel }): JSX.Element {
  return (
    <section class="customers" aria-label="Whose phone">
      <h2>Whose phone</h2>
      <ul class="customer-list">
        {frame.others.map((phone) => (
          <li key={phone}>
            <a
              class="customer"
              href={`/phone/${frame.clientId}?phone=0${phone.slice(3)}`}
              aria-current={phone === frame.phone ? 'true' : undefined}
            >
              <Icon name="phone" size={16} />
              {formatPhone(phone)}
            </a>
          </li>
        ))}
      </ul>
      <form class="inline-form" method="get" action={`/phone/${frame.clientId}`}>
        <label class="field">
          <span>Another number</span>
          <input
            name="phone"
            inputMode="tel"
            placeholder="0700 000 005"
            required
            maxLength={24}
            autocomplete="off"
          />
        </label>
        <button type="submit" class="button">
          Use it
        </button>
      </form>
    </section>
  );
}

/** How many of the latest notes the panel shows; the order's page has all. */
const LATEST_NOTES = 6;

export function BehindRegion({ model }: { model: PhoneModel }): JSX.Element {
  if (!model.order) {
    return (
      <div id="behind-order" class="behind-body">
        <EmptyState icon="eye" title="Nothing bought yet">
          <p>
            When you confirm a purchase, its order appears here: the M-Pesa prompt going out, the payment
            coming in, the top-up being sent and confirmed, each step as it happens.
          </p>
        </EmptyState>
      </div>
    );
  }
  const { order, timeline } = model.order;
  return (
    <div id="behind-order" class="behind-body">
      <div class="behind-order-head">
        <a class="order-no" href={`/orders/${order.orderNo}`}>
          {order.orderNo}
        </a>
        <Kes amountKes={order.amountKes} />
        <OrderStatusBadge status={orderStatus(order)} />
      </div>
      <Steps title="Payment" steps={paymentSteps(order)} />
      <Steps title="Delivery" steps={deliverySteps(order)} />
      <h3>Latest notes</h3>
      <Timeline entries={timeline.slice(-LATEST_NOTES)} />
    </div>
  );
}
