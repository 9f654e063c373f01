import type { JSX } from 'preact';
import { formatKes } from '../../shared/money.ts';
import { formatPhone } from '../../shared/phone.ts';
import type { PhoneModel } from '../view-models.ts';

const otherAnswers = [
  { answer: 'wrong-pin', label: 'Wrong PIN' },
  { answer: 'no-funds', label: 'No funds' },
  { answer: 'cancel', label: 'Cancel' },
  { answer: 'ignore', label: 'Ignore' },
] as const;

/** The M-Pesa prompt as the SIM toolkit shows it. The PIN never leaves the browser: any four digits pay. */
export function SimToolkit({ model: { frame, view } }: { model: PhoneModel }): JSX.Element {
  const { prompt } = view;
  if (!prompt) return <div id="sim-toolkit" hidden />;
  const action = `/phone/${frame.clientId}/prompt`;
  const answer = (value: string): string =>
    JSON.stringify({ phone: frame.phone, answer: value, checkoutRequestId: prompt.checkoutRequestId });
  return (
    <div id="sim-toolkit" class="sim-backdrop">
      <div
        class="sim-dialog"
        role="dialog"
        aria-labelledby="sim-title"
        id={`prompt-${prompt.checkoutRequestId}`}
      >
        <p class="sim-brand" id="sim-title">
          M-PESA
        </p>
        <p class="sim-text">
          Do you want to pay <strong class="money">{formatKes(prompt.amountKes)}</strong> to{' '}
          <strong>{frame.clientName}</strong>, account no. <strong>{prompt.reference}</strong>?
        </p>
        <form method="post" hx-post={action} hx-vals={answer('pay')} hx-swap="none">
          <label class="sim-pin">
            <span>Enter M-PESA PIN</span>
            <input
              type="password"
              inputMode="numeric"
              pattern="[0-9]{4}"
              maxLength={4}
              required
              autocomplete="off"
              title="Any four digits"
              data-grab-focus=""
            />
          </label>
          <p class="sim-hint">Simulated: any four digits pay.</p>
          <button type="submit" class="button sim-send">
            Send
          </button>
        </form>
        <div class="sim-others">
          <span>Or see what happens on</span>
          <div class="sim-buttons">
            {otherAnswers.map(({ answer: value, label }) => (
              <button
                key={value}
                type="button"
                id={`answer-${value}`}
                hx-post={action}
                hx-vals={answer(value)}
                hx-swap="none"
              >
                {label}
              </button>
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}

/** The phone's own top line: whose it is, and its airtime, which pops when it grows. */
export function PhoneStatus({ model: { frame, view } }: { model: PhoneModel }): JSX.Element {
  return (
    <div class="phone-status" id="phone-status">
      <span class="phone-signal" aria-hidden="true">
        <span />
        <span />
        <span />
        <span />
      </span>
      <span class="whole">{formatPhone(frame.phone)}</span>
      <span class="airtime" role="status">
        Airtime{' '}
        <strong class="money" id={`airtime-${view.airtimeKes}`}>
          {formatKes(view.airtimeKes)}
        </strong>
      </span>
    </div>
  );
}
