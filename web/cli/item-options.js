// Owns the options that say how a file of items is read, for every command that reads one. Must not read it.
import { defined, numberOption, textOptions } from './options.js';

export const itemDetailOptions = textOptions(['items-id', 'items-title', 'aspects', 'aspect-separator']);

/** They say nothing without --items. */
export const itemDetails = Object.keys(itemDetailOptions);

/** @param {Record<string, any>} values */
export const itemOptions = (values) =>
  defined({
    id: values['items-id'],
    title: values['items-title'],
    aspects:
      values.aspects === undefined ? undefined : values.aspects === '' ? [] : values.aspects.split(','),
    separator: values['aspect-separator'],
    quote: values.quote,
    skipBad: numberOption(values, 'skip-bad', { whole: true, low: 0 }),
  });
