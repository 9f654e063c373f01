import type { JSX } from 'preact';
import { Fold } from './fold.tsx';
import { SettingsForm, type SettingsFormModel } from './settings-form.tsx';
import { Badge } from './status.tsx';

export interface SettingsGroupModel {
  readonly name: string;
  readonly lead: string;
  readonly form: SettingsFormModel;
}

const ownWords = { platform: 'changed', client: 'of its own' } as const;

/** One group of settings behind its title, which tells how many of them stand apart from what they fall back to. Swapped as a whole. */
export function SettingsGroup({
  model: { name, lead, form },
  open = false,
}: {
  model: SettingsGroupModel;
  open?: boolean;
}): JSX.Element {
  // As stored: what was typed and refused counts for nothing.
  const own = form.fields.filter(({ was }) => was.startsWith('=')).length;
  return (
    <Fold
      id={`${form.id}-panel`}
      title={name}
      lead={lead}
      open={open}
      aside={
        <span class="fold-facts">
          <span class="badge badge-warn fold-unsaved">Not saved yet</span>
          {own === 0 ? (
            <span class="fold-count">{form.fields.length}</span>
          ) : (
            <Badge tone="busy" icon="pencil">{`${own} ${ownWords[form.scope]}`}</Badge>
          )}
        </span>
      }
    >
      <SettingsForm model={form} />
    </Fold>
  );
}
