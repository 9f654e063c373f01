import type { JSX } from 'preact';
import { AccessCodeForm, type AccessCodeModel } from '../components/access-code-form.tsx';
import { AccessPanel } from '../components/access-panel.tsx';
import { CredentialForms, type CredentialFormsModel } from '../components/credential-forms.tsx';
import { Dashboard, PageHead } from '../components/layout.tsx';
import { Panel } from '../components/panel.tsx';
import { SettingsForm, type SettingsFormModel } from '../components/settings-form.tsx';
import type { PageContext } from '../page-context.ts';

export interface SettingsModel {
  readonly groups: readonly {
    readonly name: string;
    readonly lead: string;
    readonly form: SettingsFormModel;
  }[];
  readonly credentials: CredentialFormsModel;
  readonly accessCode: AccessCodeModel;
}

/** Every setting of the platform, group by group. */
export function SettingsPage({
  context,
  model,
}: {
  context: PageContext;
  model: SettingsModel;
}): JSX.Element {
  return (
    <Dashboard context={context} title="Settings">
      <PageHead
        title="Settings"
        lead="They hold for the whole platform. A bot may have values of its own for its shop and its limits: see its page."
      />
      <nav class="chips" aria-label="Groups of settings">
        {model.groups.map(({ name, form }) => (
          <a key={name} class="chip-link" href={`#${form.id}-panel`}>
            {name}
          </a>
        ))}
        <a class="chip-link" href="#credentials-panel">
          Keys
        </a>
      </nav>
      {model.groups.map(({ name, lead, form }) => (
        <Panel key={name} id={`${form.id}-panel`} title={name}>
          <p class="panel-text">{lead}</p>
          <SettingsForm model={form} />
          {name === 'Public page' ? <AccessCodeForm model={model.accessCode} /> : null}
        </Panel>
      ))}
      <Panel id="credentials-panel" title="Keys of the gateways">
        <p class="panel-text">
          Used by every bot without keys of its own. They are stored encrypted and shown to nobody.
        </p>
        <CredentialForms model={model.credentials} />
      </Panel>
      <AccessPanel />
    </Dashboard>
  );
}
