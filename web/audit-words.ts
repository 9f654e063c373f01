import { formatPhone, phoneSchema } from '../shared/phone.ts';

/** What somebody did, as it reads after the name and before what it was done to. */
const deeds: Readonly<Record<string, string>> = {
  'sign-in': 'signed in',
  'sign-out.everywhere': 'signed out everywhere',
  'client.create': 'made the bot',
  'client.change': 'changed',
  'client.remove': 'deleted the bot',
  'client.start': 'started',
  'client.stop': 'stopped',
  'client.restart': 'restarted',
  'client.pause': 'paused selling at',
  'client.resume': 'resumed selling at',
  'client.rescan': 'asked for a new QR code for',
  'client.disconnect': 'disconnected',
  'client.picture': 'set the welcome picture of',
  'client.picture-remove': 'removed the welcome picture of',
  'client.pairing-code': 'asked for a pairing code for',
  'order.check-payment': 'had the payment checked of',
  'order.confirm-payment': 'confirmed the payment of',
  'order.resend': 'had the airtime sent again for',
  'order.mark-delivered': 'marked as delivered',
  'order.mark-refunded': 'marked as refunded',
  'order.cancel': 'cancelled',
  'settings.change': 'changed the settings of the platform',
  'credentials.set': 'set the keys of',
  'credentials.remove': 'removed the keys of',
  'ban.add': 'banned',
  'ban.change': 'changed the ban of',
  'ban.lift': 'lifted the ban of',
  'text.change': 'changed the text',
  'text.reset': 'reset the text',
  'alert.acknowledge': 'has seen the alert',
  'invite.create': 'made an invite for',
  'invite.revoke': 'withdrew an invite of',
  'invite.use': 'came in by an invite of',
  'person.export': 'exported the data of',
  'person.erase': 'erased the data of',
  'privacy.retention': 'forgot what was older than the settings say',
  'store.restored': 'restored a backup',
};

/** `order.mark-delivered` → `marked as delivered`; a deed without words of its own is told by its name. */
export function deedText(action: string): string {
  return deeds[action] ?? action.replace('.', ': ').replaceAll('-', ' ');
}

/** What it was done to, where its name says something to people; codes that only programs use are left out. */
export function subjectText(action: string, subject: string): string | undefined {
  if (action.startsWith('invite.') || action === 'settings.change') return undefined;
  return phoneSchema.safeParse(subject).success ? formatPhone(subject) : subject;
}

/** A note in lines: one for each thing that was changed from something into something. */
export function noteLines(note: string): readonly string[] {
  const parts = note.split('; ');
  const lines = parts.every((part) => part.includes(' → ')) ? parts : [note];
  // A per cent sign stays with its number.
  return lines.map((line) => line.replaceAll(' %', '\u00a0%'));
}
