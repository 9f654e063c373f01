import type { JSX } from 'preact';
import type { ChatMessage } from '../../shared/world.ts';
import { formatClock, formatDay } from '../nairobi.ts';
import { quickReplies } from '../text/quick-replies.ts';
import type { PhoneModel } from '../view-models.ts';
import { Icon } from './icon.tsx';
import { Moment } from './values.tsx';
import { WhatsAppText } from './whatsapp-text.tsx';

/** How long a ready bot is shown as typing before the phone stops promising an answer. */
const TYPING_MS = 30_000;

function Bubble({ message, answered }: { message: ChatMessage; answered: boolean }): JSX.Element {
  const mine = message.direction === 'in';
  return (
    <li class={mine ? 'bubble bubble-mine' : 'bubble bubble-theirs'} id={`message-${message.id}`}>
      <span class="visually-hidden">{mine ? 'You: ' : 'Bot: '}</span>
      <WhatsAppText text={message.text} />
      <span class="bubble-meta">
        <Moment at={message.at} format={formatClock} />
        {mine ? <Ticks read={answered} /> : null}
      </span>
    </li>
  );
}

function Ticks({ read }: { read: boolean }): JSX.Element {
  return (
    <svg
      class={read ? 'ticks ticks-read' : 'ticks'}
      width="18"
      height="11"
      viewBox="0 0 18 11"
      role="img"
      aria-label={read ? 'read' : 'delivered'}
    >
      <path d="M1 6l3.5 3.5L11 1.5M8 8.5l1 1L16.5 1.5" />
    </svg>
  );
}

export function ChatLog({ model }: { model: PhoneModel }): JSX.Element {
  const { messages, frame, now } = model;
  const lastAnswer = messages.findLastIndex(({ direction }) => direction === 'out');
  const last = messages.at(-1);
  const typing = last?.direction === 'in' && frame.state === 'ready' && now - last.at < TYPING_MS;
  return (
    <div
      class="chat-log"
      id="chat-log"
      role="log"
      aria-label={`Chat with ${frame.clientName}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <ol class="chat-messages" id="chat-messages">
        {messages.length === 0 ? (
          <li class="chat-note" id="chat-welcome">
            <strong>You hold a customer’s phone.</strong> Tap <strong>Hi</strong> below to write to{' '}
            {frame.clientName}, then pick from its menu. When M-Pesa asks, any four digits pay. No real money
            moves.
          </li>
        ) : null}
        {messages.map((message, index) => {
          const previous = messages[index - 1];
          const newDay = !previous || formatDay(previous.at) !== formatDay(message.at);
          return [
            newDay ? (
              <li class="chat-day" key={`day-${message.id}`}>
                {formatDay(message.at)}
              </li>
            ) : null,
            <Bubble key={message.id} message={message} answered={index < lastAnswer} />,
          ];
        })}
        {typing ? (
          <li class="bubble bubble-theirs typing" id="typing" aria-label="The bot is typing">
            <span class="typing-dot" />
            <span class="typing-dot" />
            <span class="typing-dot" />
          </li>
        ) : null}
      </ol>
    </div>
  );
}

/** The choices of the bot's last message, to be tapped instead of typed. */
export function QuickReplies({ model }: { model: PhoneModel }): JSX.Element {
  const { frame, messages } = model;
  const last = messages.at(-1);
  const offered = last?.direction === 'out' ? quickReplies(last.text) : [];
  const replies =
    messages.length === 0
      ? [{ send: 'Hi', label: 'Hi 👋' }]
      : offered.length === 0 && last?.direction === 'out'
        ? [{ send: 'menu', label: 'Menu' }]
        : offered;
  return (
    <ul class="quick-replies" id="quick-replies" aria-label="Suggested answers">
      {replies.map(({ send, label }) => (
        <li key={send}>
          <button
            type="button"
            id={`reply-${send}`}
            class={messages.length === 0 ? 'chip chip-first' : 'chip'}
            hx-post={`/phone/${frame.clientId}/messages`}
            hx-vals={JSON.stringify({ from: frame.phone, text: send })}
            hx-swap="none"
          >
            {/^(?:\d+|[A-J])$/.test(send) ? <span class="chip-key">{send}</span> : null}
            {label}
          </button>
        </li>
      ))}
    </ul>
  );
}

export function Composer({ model: { frame } }: { model: PhoneModel }): JSX.Element {
  return (
    <form
      method="post"
      class="composer"
      hx-post={`/phone/${frame.clientId}/messages`}
      hx-swap="none"
      hx-sync="this:queue all"
      data-clear-on-send=""
    >
      <input type="hidden" name="from" value={frame.phone} />
      <input
        class="composer-text"
        name="text"
        required
        maxLength={4096}
        placeholder="Message"
        aria-label="Message"
        autocomplete="off"
        enterkeyhint="send"
      />
      <button type="submit" class="composer-send" aria-label="Send">
        <Icon name="send" size={22} />
      </button>
    </form>
  );
}
