// Owns what the custom element is made of in its shadow tree: nodes, styles, keys. Must write text as text.

/** @import { RankedItem } from '../model/types.js' */

const styles = `
:host { display: block; }
:host([hidden]) { display: none; }
ol { list-style: none; margin: 0; padding: 0; }
li { padding-block: .25em; }
button {
  all: unset;
  box-sizing: border-box;
  cursor: pointer;
  display: block;
  min-block-size: 24px;
  inline-size: 100%;
  font-weight: 600;
}
button:hover { text-decoration: underline; }
button:focus-visible { outline: 2px solid; outline-offset: 2px; }
p { margin: 0; font-size: .875em; }
p:empty, ol:empty { display: none; }
`;

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {string} part for ::part()
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[K]}
 */
function node(name, part, text = '') {
  const made = document.createElement(name);
  made.setAttribute('part', part);
  made.textContent = text;
  return made;
}

/**
 * Says it where it is not said already: a live region repeats what is written again.
 * @param {HTMLElement} place
 * @param {string} text
 */
export function textOf(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

/**
 * @param {RankedItem} ranked
 * @param {string} reason
 * @param {number} place
 */
export function rowOf({ item, title, persona }, reason, place) {
  const row = node('li', 'item');
  const button = node('button', 'title', title);
  button.type = 'button';
  button.dataset.item = item;
  if (persona) row.dataset.persona = String(persona.index);
  row.append(button);
  if (reason === '') return row;
  const why = node('p', 'reason', reason);
  why.id = `reason-${place}`;
  button.setAttribute('aria-describedby', why.id);
  row.append(why);
  return row;
}

/** How far a key goes from where the focus is. */
const steps = new Map([
  ['ArrowDown', 1],
  ['ArrowUp', -1],
  ['Home', -Infinity],
  ['End', Infinity],
]);

/**
 * Arrows go through the list, beside the tabulator key.
 * @param {KeyboardEvent} event
 * @param {HTMLElement} list
 */
function onKey(event, list) {
  const step = steps.get(event.key);
  if (step === undefined || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  const buttons = [...list.querySelectorAll('button')];
  const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target));
  if (at < 0) return;
  event.preventDefault();
  buttons[Math.max(0, Math.min(buttons.length - 1, at + step))].focus();
}

/**
 * The shadow tree of an element.
 * @param {HTMLElement} host
 * @param {(item: string) => void} select
 */
export function shadowOf(host, select) {
  const root = host.attachShadow({ mode: 'open', delegatesFocus: true });
  // Not a style element, which a content policy would have to allow.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  root.adoptedStyleSheets = [sheet];
  const status = node('p', 'status');
  status.setAttribute('role', 'status');
  const list = node('ol', 'list');
  // Without bullets it is no list to some readers, unless it says so.
  list.setAttribute('role', 'list');
  list.addEventListener('click', (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest('button');
    if (button) select(String(button.dataset.item));
  });
  list.addEventListener('keydown', (event) => onKey(event, list));
  const fallback = document.createElement('slot');
  root.append(status, fallback, list);
  return {
    status,
    /**
     * Shows these, and keeps the focus on the item that had it, if it is still there.
     * @param {HTMLLIElement[]} rows
     * @param {string} name
     */
    show(rows, name) {
      const focused = /** @type {HTMLElement | null} */ (root.activeElement)?.dataset.item;
      list.replaceChildren(...rows);
      if (name) list.setAttribute('aria-label', name);
      fallback.hidden = rows.length > 0;
      if (focused === undefined) return;
      const buttons = [...list.querySelectorAll('button')];
      (buttons.find(({ dataset }) => dataset.item === focused) ?? buttons[0])?.focus();
    },
  };
}
