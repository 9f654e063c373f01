import type { ChatMessage } from '../../shared/world.ts';

type MediaKind = NonNullable<ChatMessage['media']>['kind'];

/** How a phone shows what has no words. */
export const mediaNames: Readonly<Record<MediaKind, { readonly emoji: string; readonly name: string }>> = {
  image: { emoji: '📷', name: 'Photo' },
  voice: { emoji: '🎤', name: 'Voice note' },
  video: { emoji: '🎬', name: 'Video' },
  document: { emoji: '📄', name: 'Document' },
  sticker: { emoji: '🙂', name: 'Sticker' },
  location: { emoji: '📍', name: 'Location' },
  other: { emoji: '📎', name: 'Attachment' },
};

const CANCEL = 'Cancel';

/** What the phone's attach menu offers, and what it asks first (web/client/ask.ts). */
export const attachments = [
  {
    kind: 'contact',
    emoji: '👤',
    label: 'Contact',
    question: {
      title: 'Share a contact',
      note: 'The bot takes its number where it asks for one.',
      confirm: 'Send the contact',
      cancel: CANCEL,
      fields: [
        { name: 'name', label: 'Name', kind: 'text', value: 'Mama', maxLength: 200 },
        { name: 'number', label: 'Phone number', kind: 'text', value: '0700 000 002', maxLength: 40 },
      ],
    },
  },
  {
    kind: 'photo',
    emoji: '📷',
    label: 'Photo',
    question: {
      title: 'Send a photo',
      note: 'The bot sees no pictures, but it reads what stands under them.',
      confirm: 'Send the photo',
      cancel: CANCEL,
      fields: [{ name: 'caption', label: 'Caption (may be empty)', kind: 'text', maxLength: 4096 }],
    },
  },
  { kind: 'voice', emoji: '🎤', label: 'Voice note', question: undefined },
] as const;

export const editQuestion = (text: string) => ({
  title: 'Edit the message',
  note: 'The bot goes by what you wrote first: an edit buys and changes nothing.',
  confirm: 'Save',
  cancel: CANCEL,
  fields: [{ name: 'text', label: 'Message', kind: 'text', value: text, maxLength: 4096 }],
});

export const deleteQuestion = {
  title: 'Delete for everyone?',
  note: 'The bot has read it already: nothing is cancelled by this.',
  confirm: 'Delete',
  cancel: CANCEL,
  danger: true,
  fields: [],
};
