import type { JSX } from 'preact';
import { AccessCodeForm, type AccessCodeModel } from '../components/access-code-form.tsx';
import { AccessPanel } from '../components/access-panel.tsx';
import { CredentialForms, type CredentialFormsModel } from '../components/credential-forms.tsx';
import { Fold } from '../components/fold.tsx';
import { Dashboard, PageHead } from '../components/layout.tsx';
import { SettingsFinder } from '../components/settings-finder.tsx';
import { SettingsGroup, type SettingsGroupModel } from '../components/settings-group.tsx';
import type { PageContext } from '../page-context.ts';

export interface SettingsModel {
  readonly groups: readonly SettingsGroupModel[];
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
        lead="They hold for the whole platform. A bot may have values of its own for much of it: see its page."
      />
      <SettingsFinder changed="Only what differs from its default" />
      <div class="fold-list">
        {model.groups.map((group) => (
          <SettingsGroup key={group.name} model={group} />
        ))}
        <Fold
          id="access-code-panel"
          title="Access code"
          lead="Opens the start page to people who may make a bot of their own."
        >
          <AccessCodeForm model={model.accessCode} />
        </Fold>
        <Fold
          id="credentials-panel"
          title="Keys of the gateways"
          lead="Used by every bot without keys of its own. They are stored encrypted and shown to nobody."
        >
          <CredentialForms model={model.credentials} />
        </Fold>
        <AccessPanel />
      </div>
    </Dashboard>
  );
}
