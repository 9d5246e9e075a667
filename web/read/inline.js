// Owns showing text from a file as a part of one line: what a terminal would obey is shown as JSON shows it.
// Must not know of styles.

// Controls, line and paragraph separators, what turns the direction of text, and what nobody sees. The
// joiners U+200C and U+200D stay: words of several languages have them, and emoji.
export const unsafe = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0\u180b-\u180f]/gu;

/** @param {string} control */
export const escaped = (control) => {
  const short = JSON.stringify(control).slice(1, -1);
  const units = () => control.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'));
  return short === control ? `\\u${units().join('\\u')}` : short;
};

/**
 * A text with what is not safe to print replaced.
 * @param {string} text
 * @param {(unsafe: string) => string} by
 */
export const replaceUnsafe = (text, by) => text.replace(unsafe, by);

/**
 * A text from outside as a part of one line: controls, also line ends, are shown as JSON shows them.
 * @param {string} text
 */
export const inline = (text) => replaceUnsafe(text, escaped);
