import type { JSX } from 'preact';
import { MINUTE_MS } from '../../shared/clock.ts';
import { formatClock, formatDay } from '../../shared/nairobi.ts';
import type { ChatMessage } from '../../shared/world.ts';
import { attachments, deleteQuestion, editQuestion, mediaNames } from '../models/phone-messages.ts';
import { quickReplies } from '../text/quick-replies.ts';
import type { PhoneFrame, PhoneModel } from '../view-models.ts';
import { Icon } from './icon.tsx';
import { Moment } from './values.tsx';
import { ChatPicture } from './welcome-picture.tsx';
import { WhatsAppText } from './whatsapp-text.tsx';

/** How long a ready bot is shown as typing before the phone stops promising an answer. */
const TYPING_MS = 30_000;

/** As long as WhatsApp lets people edit. */
const CHANGEABLE_MS = 15 * MINUTE_MS;

function Bubble({
  message,
  answered,
  model: { frame, now },
}: {
  message: ChatMessage;
  answered: boolean;
  model: PhoneModel;
}): JSX.Element {
  const mine = message.direction === 'in';
  const changeable = mine && !message.deleted && now - message.at < CHANGEABLE_MS;
  return (
    <li class={mine ? 'bubble bubble-mine' : 'bubble bubble-theirs'} id={`message-${message.id}`}>
      <span class="visually-hidden">{mine ? 'You: ' : 'Bot: '}</span>
      <BubbleBody message={message} frame={frame} />
      <span class="bubble-meta">
        {changeable ? <BubbleActions message={message} clientId={frame.clientId} /> : null}
        {message.edited && !message.deleted ? <span>edited</span> : null}
        <Moment at={message.at} format={formatClock} />
        {mine ? <Ticks read={answered} /> : null}
      </span>
    </li>
  );
}

function BubbleBody({
  message: { text, contact, media, pictureId, deleted },
  frame,
}: {
  message: ChatMessage;
  frame: PhoneFrame;
}): JSX.Element {
  if (deleted) return <em class="bubble-gone">🚫 You deleted this message</em>;
  if (contact) {
    return (
      <span class="bubble-card">
        <span aria-hidden="true">👤</span>
        <span>
          <strong>{contact.name}</strong>
          <span class="bubble-card-note">{contact.phones.join(', ')}</span>
        </span>
      </span>
    );
  }
  return (
    <>
      {media ? <MediaCard name={mediaNames[media.kind].name} emoji={mediaNames[media.kind].emoji} /> : null}
      {pictureId === undefined ? null : frame.picture?.id === pictureId ? (
        <ChatPicture clientId={frame.clientId} picture={frame.picture} alt="The shop’s picture" />
      ) : (
        <MediaCard name="Picture (the shop does not use it any more)" emoji="🖼️" />
      )}
      {text === '' ? null : <WhatsAppText text={text} />}
    </>
  );
}

function MediaCard({ name, emoji }: { name: string; emoji: string }): JSX.Element {
  return (
    <span class="bubble-card">
      <span aria-hidden="true">{emoji}</span>
      <strong>{name}</strong>
    </span>
  );
}

function BubbleActions({ message, clientId }: { message: ChatMessage; clientId: string }): JSX.Element {
  const { id, text, contact } = message;
  return (
    <span class="bubble-actions">
      {text !== '' && !contact ? (
        <button
          type="button"
          id={`edit-${id}`}
          class="bubble-action"
          aria-label="Edit this message"
          title="Edit"
          data-ask-url={`/phone/${clientId}/edits/${id}`}
          data-ask={JSON.stringify(editQuestion(text))}
          data-ask-quiet=""
        >
          <Icon name="pencil" size={14} />
        </button>
      ) : null}
      <button
        type="button"
        id={`delete-${id}`}
        class="bubble-action"
        aria-label="Delete this message"
        title="Delete"
        data-ask-url={`/phone/${clientId}/deletions/${id}`}
        data-ask={JSON.stringify(deleteQuestion)}
        data-ask-quiet=""
      >
        <Icon name="trash" size={14} />
      </button>
    </span>
  );
}

/** What else a customer can send than words. */
function AttachMenu({ model: { frame } }: { model: PhoneModel }): JSX.Element {
  return (
    <details class="attach">
      <summary class="attach-open" aria-label="Attach">
        <Icon name="plus" size={22} />
      </summary>
      <ul class="attach-menu">
        {attachments.map(({ kind, emoji, label, question }) => (
          <li key={kind}>
            <button
              type="button"
              id={`attach-${kind}`}
              class="attach-choice"
              data-ask-url={`/phone/${frame.clientId}/messages/${kind}?from=${frame.phone}`}
              data-ask={question && JSON.stringify(question)}
              data-ask-quiet=""
            >
              <span aria-hidden="true">{emoji}</span>
              {label}
            </button>
          </li>
        ))}
      </ul>
    </details>
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
  const typing =
    last?.direction === 'in' && !last.deleted && frame.state === 'ready' && now - last.at < TYPING_MS;
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
            <Bubble key={message.id} message={message} answered={index < lastAnswer} model={model} />,
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

export function Composer({ model }: { model: PhoneModel }): JSX.Element {
  const { frame } = model;
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
      <AttachMenu model={model} />
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
