/** The order in which lists are kept: a total order over slots in use. */
export type CompareSlots = (a: number, b: number) => number;

/** Slots by rising order. New ones nearly always belong at the end, and the ones that leave are near it. */
export type SortedSlots = number[];
export type ReadonlySlots = readonly number[];

export function insertSlot(list: SortedSlots, slot: number, compare: CompareSlots): void {
  const last = list.at(-1);
  if (last === undefined || compare(last, slot) < 0) list.push(slot);
  else
    list.splice(
      firstAtOrAfter(list, (other) => compare(other, slot)),
      0,
      slot,
    );
}

export function removeSlot(list: SortedSlots, slot: number, compare: CompareSlots): void {
  const index = firstAtOrAfter(list, (other) => compare(other, slot));
  if (list[index] !== slot) throw new Error('An index has lost a record');
  if (index === list.length - 1) list.pop();
  else list.splice(index, 1);
}

/** Index of the first slot for which `position` is not negative (rising along the list). */
export function firstAtOrAfter(list: ReadonlySlots, position: (slot: number) => number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const slot = list[middle];
    if (slot !== undefined && position(slot) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Sorted lists by key. A key with one slot, the usual case for chats, costs no list. */
export class Postings {
  readonly #lists = new Map<number, number | SortedSlots>();
  readonly #compare: CompareSlots;

  constructor(compare: CompareSlots) {
    this.#compare = compare;
  }

  add(key: number, slot: number): void {
    const list = this.#lists.get(key);
    if (list === undefined) this.#lists.set(key, slot);
    else if (typeof list === 'number')
      this.#lists.set(key, this.#compare(list, slot) < 0 ? [list, slot] : [slot, list]);
    else insertSlot(list, slot, this.#compare);
  }

  remove(key: number, slot: number): void {
    const list = this.#lists.get(key);
    if (typeof list === 'object') removeSlot(list, slot, this.#compare);
    if (list === slot || (typeof list === 'object' && list.length === 0)) this.#lists.delete(key);
  }

  list(key: number): ReadonlySlots {
    const list = this.#lists.get(key);
    return typeof list === 'number' ? [list] : (list ?? []);
  }
}
