/** Events as WhatsApp Web's models have them: Backbone's, several names in one string. */
export class Emitter {
  #listeners = [];

  on(names, run) {
    for (const name of names.split(' ')) this.#listeners.push({ name, run });
  }

  off(names, run) {
    const gone = names.split(' ');
    this.#listeners = this.#listeners.filter((each) => !gone.includes(each.name) || each.run !== run);
  }

  once(name, run) {
    const once = (...args) => {
      this.off(name, once);
      run(...args);
    };
    this.on(name, once);
  }

  trigger(name, ...args) {
    for (const each of [...this.#listeners]) if (each.name === name) each.run(...args);
  }
}

/** Tells of its own changes, and its collection's listeners too. */
export class Model extends Emitter {
  constructor(fields) {
    super();
    Object.assign(this, fields);
  }

  /** All fields first, then what has changed: whoever is told sees the model as it is now. */
  set(fields) {
    const before = { ...this };
    Object.assign(this, fields);
    for (const [name, value] of Object.entries(fields)) {
      if (before[name] !== value) this.#tell(`change:${name}`, value, before[name]);
    }
    this.#tell('change');
  }

  /** Own fields but the ones that lead around in circles. */
  serialize() {
    const { collection, msgs, ...fields } = this;
    return { ...fields, ...(msgs ? { msgs: msgs.getModelsArray().map(({ id }) => String(id)) } : {}) };
  }

  toJSON() {
    return this.serialize();
  }

  #tell(name, ...args) {
    this.trigger(name, this, ...args);
    this.collection?.trigger(name, this, ...args);
  }
}

export class Collection extends Emitter {
  models = new Map();

  add(model) {
    model.collection = this;
    this.models.set(String(model.id), model);
    this.trigger('add', model);
    return model;
  }

  remove(model) {
    this.models.delete(String(model.id));
    this.trigger('remove', model);
  }

  /** By id, or by its serialized form; nothing for undefined, as the page's own. */
  get(id) {
    return id === undefined ? undefined : this.models.get(String(id));
  }

  getModelsArray() {
    return [...this.models.values()];
  }
}
