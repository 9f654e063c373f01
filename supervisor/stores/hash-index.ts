/** FNV-1a over the text's UTF-16 units: good enough to spread ids, and cheap. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  // The low bits choose the place in the table; without this, texts that differ at their end only would cluster.
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) | 0;
}

const EMPTY = 0;
const REMOVED = -1;

/**
 * From hash to slots, in two flat arrays (eight bytes per place). Several slots may share a hash: the caller compares the
 * records' own fields.
 */
export class HashIndex {
  #hashes = new Int32Array(1024);
  /** Slot + 1; 0 = empty, -1 = removed. */
  #slots = new Int32Array(1024);
  /** Places that are not empty. */
  #used = 0;
  #live = 0;

  add(hash: number, slot: number): void {
    if ((this.#used + 1) * 5 > this.#slots.length * 3) this.#rehash();
    this.#insert(hash, slot);
    this.#live += 1;
  }

  remove(hash: number, slot: number): void {
    const mask = this.#slots.length - 1;
    for (let place = hash & mask; this.#slots[place] !== EMPTY; place = (place + 1) & mask) {
      if (this.#slots[place] === slot + 1 && this.#hashes[place] === hash) {
        this.#slots[place] = REMOVED;
        this.#live -= 1;
        return;
      }
    }
  }

  /** Slots that were added with this hash. */
  find(hash: number): number[] {
    const found: number[] = [];
    const mask = this.#slots.length - 1;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const slot = this.#slots[place] ?? EMPTY;
      if (slot === EMPTY) return found;
      if (slot !== REMOVED && this.#hashes[place] === hash) found.push(slot - 1);
    }
  }

  #insert(hash: number, slot: number): void {
    const mask = this.#slots.length - 1;
    let place = hash & mask;
    while (this.#slots[place] !== EMPTY) place = (place + 1) & mask;
    this.#hashes[place] = hash;
    this.#slots[place] = slot + 1;
    this.#used += 1;
  }

  #rehash(): void {
    const oldHashes = this.#hashes;
    const oldSlots = this.#slots;
    let capacity = 1024;
    while (capacity < this.#live * 2) capacity *= 2;
    this.#hashes = new Int32Array(capacity);
    this.#slots = new Int32Array(capacity);
    this.#used = 0;
    for (let place = 0; place < oldSlots.length; place += 1) {
      const slot = oldSlots[place] ?? EMPTY;
      if (slot > EMPTY) this.#insert(oldHashes[place] ?? 0, slot - 1);
    }
  }
}
