import type { JSX } from 'preact';
import { type Picture, pictureTypes } from '../../shared/picture.ts';
import type { WelcomePictureModel } from '../models/welcome-picture.ts';
import { Icon } from './icon.tsx';
import { WhatsAppText } from './whatsapp-text.tsx';

/** The picture with which a bot greets, as customers will see it; sent by web/client/picture.ts, which then has this drawn anew. */
export function WelcomePicture({ model }: { model: WelcomePictureModel }): JSX.Element {
  const { clientId, picture, greeting, fits } = model;
  const action = `/clients/${clientId}/settings/picture`;
  return (
    <div
      class="welcome-picture"
      id="welcome-picture"
      hx-get={action}
      hx-trigger="picturechange"
      hx-target="this"
      hx-swap="outerMorph"
    >
      <div class="stack">
        <p class="panel-text">
          Your price list, logo or a photo of the shop. Each customer sees it once, above the first menu. When
          you change it, they see the new one once.
        </p>
        <label class="field field-narrow">
          <span>{picture ? 'Another picture' : 'Picture'}</span>
          <input
            type="file"
            name="picture"
            accept={pictureTypes.join(',')}
            data-picture-url={`/api/v1/clients/${clientId}/picture`}
          />
          <small>PNG, JPEG or WebP. A large photo is made smaller before it is sent.</small>
        </label>
        {picture ? (
          <div class="button-row">
            <button
              type="button"
              id="remove-picture"
              class="button"
              hx-post={`${action}/remove`}
              hx-target="#welcome-picture"
              hx-swap="outerMorph"
              hx-disable="this"
              hx-confirm="Remove the picture?"
              data-confirm-note="New customers are greeted by words alone."
              data-confirm-label="Remove"
            >
              <Icon name="trash" size={18} />
              Remove the picture
            </button>
          </div>
        ) : null}
        {fits ? null : (
          <p class="notice notice-warn" role="status">
            Your menu’s text is longer than WhatsApp shows under a picture, so it is sent without one. Make
            the text shorter.
          </p>
        )}
      </div>
      <figure class="chat-preview">
        <figcaption>How a new customer sees it</figcaption>
        <div class="bubble bubble-theirs">
          {picture && fits ? (
            <ChatPicture clientId={clientId} picture={picture} alt="Your welcome picture" />
          ) : null}
          <WhatsAppText text={greeting} />
        </div>
      </figure>
    </div>
  );
}

/** A picture in a bubble. Its id is in the address so that a browser never shows an earlier one in its place. */
export function ChatPicture({
  clientId,
  picture: { id, widthPx, heightPx },
  alt,
}: {
  clientId: string;
  picture: Picture;
  alt: string;
}): JSX.Element {
  return (
    <img
      class="bubble-picture"
      src={`/api/v1/clients/${clientId}/picture?${id}`}
      width={widthPx}
      height={heightPx}
      alt={alt}
    />
  );
}
