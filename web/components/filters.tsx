import type { JSX } from 'preact';

/** A bot that can be chosen by its name. */
export interface BotChoice {
  readonly id: string;
  readonly name: string;
}

/** Narrows a list down to one bot; nothing where there is no choice. */
export function BotFilter({
  bots,
  chosen,
  any,
  fold = false,
}: {
  bots: readonly BotChoice[];
  chosen: string;
  /** What stands for no filter. */
  any: string;
  /** Folded away on a small screen until somebody asks for more filters. */
  fold?: boolean;
}): JSX.Element | null {
  if (bots.length < 2) return null;
  return (
    <label class={fold ? 'field filters-more' : 'field'}>
      <span>Bot</span>
      <select name="clientId">
        <option value="">{any}</option>
        {bots.map(({ id, name }) => (
          <option key={id} value={id} selected={id === chosen}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The first and the last day of a period, both included. */
export function DayFilters({
  from,
  to,
  fold = false,
}: {
  from: string;
  to: string;
  fold?: boolean;
}): JSX.Element {
  const field = fold ? 'field filters-more' : 'field';
  return (
    <>
      <label class={field}>
        <span>From</span>
        <input type="date" name="from" value={from} />
      </label>
      <label class={field}>
        <span>To</span>
        <input type="date" name="to" value={to} />
      </label>
    </>
  );
}
