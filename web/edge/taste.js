// Owns the entry 'ampcf/taste' for runtimes that forbid compiling bytes and import wasm files as modules,
// such as workerd. Must not differ from it in anything else.
import tasteFile from '../../dist/wasm/taste.wasm';
import { tasteFrom } from '../taste.js';
import { compiledFile } from './modules.js';

export * from '../taste.js';

tasteFrom(compiledFile(tasteFile));
