/** Something that must be closed at a test's end. */
interface Closable {
  close(): unknown;
}

/**
 * What the tests of a file have opened. All of it is closed again, the latest first, also when opening or closing something else failed: one
 * server left open keeps the file's process, and with it the whole run, from ending.
 */
export class Opened {
  readonly #things: Closable[] = [];

  /** @returns the thing itself, to be closed by {@link close} */
  keep<T extends Closable>(thing: T): T {
    this.#things.push(thing);
    return thing;
  }

  /** @throws AggregateError of what could not be closed, after all else has been */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const thing of this.#things.splice(0).reverse()) {
      try {
        await thing.close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Not everything could be closed');
  }
}
