// Owns the entry of the worker that holds one model: it loads it, and asks it, its profiles and its lists
// what the page asks. Must not import a chunk: bundlers make one file of a worker.
import { loadModel } from '../ampcf.js';
import { AmpcfError } from '../core/errors.js';
import { serveLine } from './serve.js';

/** Model 0, and the profiles and lists that it made. @type {Map<number, any>} */
const held = new Map();
let last = 0;

/** @param {any} value a handle stands for what it is the handle of */
const opened = (value) =>
  value && typeof value === 'object' && 'ampcfHandle' in value ? find(value.ampcfHandle) : value;

/** @param {number} handle */
function find(handle) {
  const found = held.get(handle);
  if (!found) throw new AmpcfError('DISPOSED', 'it was disposed: make another');
  return found;
}

/** @param {any} argument its own fields may be handles too, as in `exclude` */
const argumentOf = (argument) => {
  const value = opened(argument);
  if (value !== argument || Object.getPrototypeOf(Object(value)) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, opened(field)]));
};

/** @param {any} object */
function hold(object) {
  held.set(++last, object);
  const handle = last;
  object.subscribe?.(() => tellNews({ changed: handle }));
  return { handle, lost: object.lost };
}

const makers = ['createProfile', 'restoreProfile', 'candidates', 'mask'];

const tellNews = serveLine(async (question, tell) => {
  if (question.load) {
    const { source, options } = question.load;
    const model = await loadModel(source, { ...options, ...(question.progress && { onProgress: tell }) });
    held.set(0, model);
    return { answer: { info: model.info } };
  }
  const { on, method, args } = question;
  const object = find(on);
  if (method === 'dispose') {
    object.dispose?.();
    held.delete(on);
    return {};
  }
  const member = object[method];
  const result = typeof member === 'function' ? await member.apply(object, args.map(argumentOf)) : member;
  if (on === 0 && makers.includes(method)) return { answer: hold(result) };
  if (result === object) return { answer: { ampcfHandle: on } };
  return { answer: result, ...(method === 'save' && { transfer: [result.buffer] }) };
});
