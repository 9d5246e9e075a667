// Owns what a person may move on the demo page: how many personas, and what places go by. Must not rank.
import { app } from './app.js';
import { $ } from './elements.js';

/** What places go by: by share of the personas, as the trainer left it; by taste, so that genres are kept. */
const usual = { by: 'share', personas: 0, amount: 0 };

export class Tuning {
  #changed;
  #usual = usual;
  #by = usual.by;
  #amount = 0;
  #personas = 0;
  /** What the history was last split into at most. */
  #splitInto = 0;

  /** @param {() => void} changed is called when lists are to be made otherwise */
  constructor(changed) {
    this.#changed = changed;
    const { personas, proportional } = app.model.info;
    this.#splitInto = personas;
    this.#usual = { by: 'share', personas, amount: Math.round(proportional * 100) / 100 };
    $('most-personas').max = String(personas);
    $('most-personas').disabled = personas < 2;
    for (const name of ['most-personas', 'amount', 'by'])
      $(name).addEventListener('input', () => {
        this.#read();
        this.#apply();
      });
    $('tune-back').addEventListener('click', () => {
      this.#set(this.#usual);
      this.#apply();
      $('most-personas').focus();
    });
    this.#set(this.#usual);
  }

  /** What `recommend` takes of this; nothing where all is as the trainer left it. */
  get options() {
    if (this.isUsual) return {};
    return this.#by === 'share' ? { proportional: this.#amount } : { calibrate: this.#amount };
  }

  get isUsual() {
    return this.#by === 'share' && this.#amount === this.#usual.amount;
  }

  get settings() {
    return { by: this.#by, personas: this.#personas, amount: this.#amount };
  }

  #read() {
    this.#by = $('by').value;
    this.#personas = Number($('most-personas').value);
    this.#amount = Number($('amount').value);
    this.#say();
  }

  /** @param {typeof usual} settings */
  #set({ by, personas, amount }) {
    $('by').value = by;
    $('most-personas').value = String(personas);
    $('amount').value = String(amount);
    this.#read();
  }

  /**
   * Settings of an earlier visit; what is out of range is made to fit by the controls.
   * @param {Partial<typeof usual>} settings
   */
  restore(settings) {
    this.#set({ ...this.#usual, ...settings });
    this.#split();
  }

  #say() {
    $('most-personas-now').textContent = String(this.#personas);
    $('amount-now').textContent = this.#amount.toFixed(2);
    $('tune-back').hidden = this.isUsual && this.#personas === this.#usual.personas;
  }

  #split() {
    if (this.#splitInto === this.#personas) return;
    this.#splitInto = this.#personas;
    app.person.split(this.#personas);
    for (const part of [app.visit, app.household, app.greeting]) part.turnTo(app.person.personas);
  }

  #apply() {
    this.#split();
    this.#changed();
  }
}
