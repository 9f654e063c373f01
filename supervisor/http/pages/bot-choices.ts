import type { Stores } from '../../stores/types.ts';

/**
 * The bots that a filter offers, by name.
 * @param own the only one the caller may see, if there is one
 */
export function botChoices(
  { clients }: Pick<Stores, 'clients'>,
  own?: string,
): readonly { readonly id: string; readonly name: string }[] {
  return [...clients.values()]
    .filter(({ id }) => own === undefined || id === own)
    .map(({ id, name }) => ({ id, name }))
    .toSorted((one, other) => one.name.localeCompare(other.name));
}
