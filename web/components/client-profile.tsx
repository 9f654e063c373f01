import type { JSX } from 'preact';
import { formatPhone } from '../../shared/phone.ts';
import type { ClientSettingsModel, RightsModel } from '../models/client-settings.ts';
import { Icon } from './icon.tsx';
import { WasField } from './was-field.tsx';

/** A bot's name and the numbers of its own admins. */
export function ProfileForm({ model }: { model: ClientSettingsModel['profile'] }): JSX.Element {
  return (
    <form
      method="post"
      class="stack"
      id="profile"
      hx-post={`/clients/${model.clientId}/settings/profile`}
      hx-target="this"
      hx-swap="outerHTML"
      hx-disable="find button"
    >
      <WasField shown={{ name: model.name, adminPhones: model.adminPhones }} />
      <label class="field field-narrow">
        <span>Name of the shop</span>
        <input name="name" required maxLength={60} value={model.name} autocomplete="off" />
        <small>Customers see it in every message.</small>
      </label>
      <label class="field field-narrow">
        <span>Admin numbers</span>
        <textarea name="adminPhones" rows={3} maxLength={300} placeholder="0700 000 001">
          {model.adminPhones.map(formatPhone).join('\n')}
        </textarea>
        <small>
          One per line. These phones get the admin menu in WhatsApp and hear of trouble with this bot.
        </small>
      </label>
      <SaveRow of="profile" />
    </form>
  );
}

/** What only admins of the platform decide about a bot. */
export function RightsForm({ model }: { model: RightsModel }): JSX.Element {
  return (
    <form
      method="post"
      class="stack"
      id="rights"
      hx-post={`/clients/${model.clientId}/settings/rights`}
      hx-target="this"
      hx-swap="outerHTML"
      hx-disable="find button"
    >
      <WasField shown={{ mayUsePlatformFloat: model.mayUsePlatformFloat, alertSender: model.alertSender }} />
      <label class="check">
        <input type="checkbox" name="mayUsePlatformFloat" value="on" checked={model.mayUsePlatformFloat} />
        <span>
          <strong>May use the platform’s float</strong>
          <small>
            With its own Shadow Pay keys but without Statum keys, its customers’ money goes to the shop while
            the platform pays for the airtime. Tick this only if that is agreed.
          </small>
        </span>
      </label>
      <label class="check">
        <input type="checkbox" name="alertSender" value="on" checked={model.alertSender} />
        <span>
          <strong>Sends alerts</strong>
          <small>
            Messages to the platform’s own admins go out from this bot’s number. Never mark a shop’s bot whose
            owner should not see them in its chats.
          </small>
        </span>
      </label>
      <SaveRow of="rights" />
    </form>
  );
}

/** By the button's id htmx gives it the focus back once the form is drawn anew. */
function SaveRow({ of }: { of: string }): JSX.Element {
  return (
    <div class="button-row">
      <button type="submit" id={`${of}-save`} class="button button-primary">
        <Icon name="check" size={18} />
        Save
      </button>
    </div>
  );
}
