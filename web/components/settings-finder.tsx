import type { JSX } from 'preact';
import { Icon } from './icon.tsx';

/** Finds a setting by a word of its title or its meaning, among all folds of a page (client/fold.ts). */
export function SettingsFinder({ changed }: { changed: string }): JSX.Element {
  return (
    <search class="panel finder" data-finder="">
      <label class="field finder-field">
        <span>Find a setting</span>
        <input
          type="search"
          data-search=""
          data-find=""
          placeholder="discount, night, memory…"
          autocomplete="off"
        />
      </label>
      <label class="check">
        <input type="checkbox" data-find-changed="" />
        <span>{changed}</span>
      </label>
      <button type="button" class="button" data-fold-all="">
        <Icon name="list" size={18} />
        <span>Open all</span>
      </button>
      <p class="finder-found muted" role="status" data-found="" />
    </search>
  );
}
