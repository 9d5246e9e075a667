// Owns the types of what the charts of commands use of @observablehq/plot and linkedom, whose own need d3's types or clash with the DOM's.
/** One of its marks. */
export type Mark = object;
export function plot(options: object): SVGSVGElement;
export function barX(data: readonly object[], options: object): Mark;
export function line(data: readonly object[], options: object): Mark;
export function text(data: readonly object[], options: object): Mark;
export function ruleX(data: readonly number[], options: object): Mark;
export function parseHTML(html: string): { document: Document };
