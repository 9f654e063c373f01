import type { ComponentChildren, JSX } from 'preact';
import type { PageContext } from '../page-context.ts';
import { Icon, type IconName, Logo } from './icon.tsx';
import { Document, ThemeToggle } from './layout.tsx';
import { WhatsAppText } from './whatsapp-text.tsx';

/** The public front of the product: what it does for a shop, how one begins, and the card (children) through which one enters. */
export function Door({
  context,
  title,
  children,
}: {
  context: PageContext;
  title: string;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <Document context={context} title={title} bodyClass="front">
      <div class="front-theme">
        <ThemeToggle />
      </div>
      <main class="door" id="content">
        <header class="door-pitch">
          <p class="door-brand">
            <Logo size={44} />
            {context.appName}
          </p>
          <h1>Sell airtime on WhatsApp, day and night.</h1>
          <p class="door-lead">
            Your customers say “hi” to your number, pay with M-Pesa and have their airtime in seconds. You see
            every sale come in.
          </p>
          <Points />
        </header>
        <section class="front-card door-card">{children}</section>
        <ChatPreview />
        <section class="door-how" aria-labelledby="door-how-title">
          <h2 id="door-how-title">Five steps to your own bot</h2>
          <ol class="qr-steps door-steps">
            {steps.map((step, index) => (
              <li key={index}>
                <span>{step}</span>
              </li>
            ))}
          </ol>
        </section>
      </main>
    </Document>
  );
}

const points: readonly { icon: IconName; title: string; text: string }[] = [
  {
    icon: 'clock',
    title: 'Always open',
    text: 'It answers at once, at noon and at 3 am, in English and Kiswahili.',
  },
  { icon: 'check', title: 'Paid first', text: 'Airtime leaves only after M-Pesa has confirmed the payment.' },
  {
    icon: 'chart',
    title: 'Nothing hidden',
    text: 'Each order from the first word to the airtime, on your own phone.',
  },
];

function Points(): JSX.Element {
  return (
    <ul class="door-points">
      {points.map(({ icon, title, text }) => (
        <li key={title}>
          <span class="door-point-icon">
            <Icon name={icon} />
          </span>
          <span>
            <strong>{title}</strong>
            {text}
          </span>
        </li>
      ))}
    </ul>
  );
}

const steps: readonly ComponentChildren[] = [
  <>
    <strong>Name your shop</strong> and type your access code.
  </>,
  <>
    <strong>Scan a QR code</strong> with WhatsApp on the phone whose number shall sell.
  </>,
  <>
    Wait for <strong>Connected</strong>, about a minute.
  </>,
  <>
    <strong>Try it:</strong> say “hi” from another phone.
  </>,
  <>
    <strong>Tell your customers.</strong> Your bot does the rest.
  </>,
];

/** A purchase as a customer sees it, in the bot's own words (worker/conversation/texts/en.ts), shortened. */
const purchase: readonly { from: 'customer' | 'bot' | 'phone'; text: string }[] = [
  { from: 'customer', text: 'Hi' },
  {
    from: 'bot',
    text: '👋 *Welcome to Mama Njeri Airtime!*\nAirtime in seconds, paid with M-Pesa.\n\n1️⃣ Buy airtime\n2️⃣ Track my order',
  },
  { from: 'customer', text: '1' },
  {
    from: 'bot',
    text: '🧾 *Please confirm*\n📱 Airtime: *KES 100*\n👤 For: *0700 000 001*\n\n1️⃣ Yes, pay now',
  },
  { from: 'customer', text: '1' },
  { from: 'phone', text: 'M-Pesa asks for the PIN' },
  { from: 'bot', text: '✅ KES 100 received, thank you.' },
  { from: 'bot', text: '🎉 KES 100 airtime has been delivered to *0700 000 001*.' },
];

const speakers = { customer: 'Customer: ', bot: 'Bot: ', phone: '' } as const;
const looks = { customer: 'bubble bubble-mine', bot: 'bubble bubble-theirs', phone: 'chat-day' } as const;

function ChatPreview(): JSX.Element {
  return (
    <figure class="door-phone" aria-label="A purchase in WhatsApp">
      <div class="chat-header" aria-hidden="true">
        <span class="avatar">M</span>
        <span class="chat-who">
          <span class="chat-name">Mama Njeri Airtime</span>
          <span class="chat-presence">online</span>
        </span>
      </div>
      <ol class="chat-messages">
        {purchase.map(({ from, text }, index) => (
          <li key={index} class={looks[from]}>
            <span class="visually-hidden">{speakers[from]}</span>
            <WhatsAppText text={text} />
          </li>
        ))}
      </ol>
    </figure>
  );
}
