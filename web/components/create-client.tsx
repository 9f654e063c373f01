import type { JSX } from 'preact';
import { Icon } from './icon.tsx';

/** Makes a bot on the simulated network: no account or key is needed. */
export function CreateSandboxClient(): JSX.Element {
  return (
    <form method="post" class="inline-form" hx-post="/clients" hx-swap="none" hx-disable="find button">
      <label class="field">
        <span>Name of the shop</span>
        <input name="name" required maxLength={60} placeholder="Mama Njeri Airtime" autocomplete="off" />
      </label>
      <button type="submit" class="button button-primary">
        <Icon name="spark" size={18} />
        Create a sandbox bot
      </button>
    </form>
  );
}
