// Owns the declarations that are shipped: of what the compiler declares, what the public entries name, and
// what that names in turn. Must not change what a declaration says.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { parsers } from 'prettier/plugins/typescript';

/**
 * @typedef {{ start: number, end: number, value: string }} Comment
 * @typedef {{ from: string, name: string }} Source an export of another file; '*': all of them
 * @typedef {object} Declared a statement that declares names, or takes them from elsewhere
 * @property {any} node
 * @property {string[]} names that it declares here
 * @property {boolean} used
 */
/**
 * @typedef {object} File
 * @property {string} text
 * @property {Declared[]} statements
 * @property {Map<string, Declared>} local what declares a name
 * @property {Map<string, Source>} imports by local name
 * @property {Map<string, Source | string>} exports by public name: of another file, or the local name
 * @property {string[]} all files of which everything is exported
 * @property {Set<string>} wanted names of imports and exports that are needed
 * @property {Comment[]} comments
 */

/** @param {any} node */
const namesDeclared = (node) =>
  node.declarations ? node.declarations.map((/** @type {any} */ { id }) => id.name) : [node.id.name];

/**
 * What an import or export of TypeScript's tree says: [here, there] for each name.
 * @param {any} node
 * @param {'local' | 'exported'} here
 * @param {'imported' | 'local'} there
 * @returns {[string, string][]}
 */
const pairsOf = (node, here, there) =>
  node.specifiers.map((/** @type {any} */ specifier) => [
    specifier[here].name,
    specifier[there]?.name ?? '*',
  ]);

/**
 * @param {string} path
 * @param {string} specifier './x.js'
 * @returns {string} '' of a package, whose declarations are its own
 */
const declarationsAt = (path, specifier) =>
  specifier.startsWith('.') ? posix.join(dirname(path), specifier.replace(/\.js$/, '.d.ts')) : '';

/** @typedef {[File, Declared, string]} Statement a file, one of its statements, and where the file is */
/**
 * By kind of statement, what it tells of a file.
 * @type {Record<string, (...statement: Statement) => void>}
 */
const readers = {
  ImportDeclaration(file, { node }, path) {
    const from = declarationsAt(path, node.source.value);
    for (const [here, name] of pairsOf(node, 'local', 'imported')) file.imports.set(here, { from, name });
  },
  ExportAllDeclaration(file, { node }, path) {
    const from = declarationsAt(path, node.source.value);
    if (node.exported) file.exports.set(node.exported.name, { from, name: '*' });
    else file.all.push(from);
  },
  ExportNamedDeclaration(file, declared, path) {
    const { declaration, source } = declared.node;
    if (declaration) {
      readers.declaration(file, declared, path);
      for (const name of declared.names) file.exports.set(name, name);
      return;
    }
    for (const [here, name] of pairsOf(declared.node, 'exported', 'local'))
      file.exports.set(here, source ? { from: declarationsAt(path, source.value), name } : name);
  },
  declaration(file, declared) {
    declared.names = namesDeclared(declared.node.declaration ?? declared.node);
    for (const name of declared.names) file.local.set(name, declared);
  },
};

/**
 * Leaves out of a class what the library keeps for itself: the compiler leaves in some of it.
 * @param {File} file
 * @param {any} body
 */
function dropInternal(file, body) {
  if (body?.type !== 'ClassBody') return;
  let at = body.range[0];
  const kept = body.body.filter((/** @type {any} */ { range: [start, end] }) => {
    const comment = commentBefore(file, at, start, 0);
    at = end;
    return !comment.includes('@internal');
  });
  body.secret = kept.length < body.body.length;
  body.body = kept;
}

/**
 * @param {string} path
 * @param {string} text
 * @returns {File}
 */
function readDeclarations(path, text) {
  const tree = /** @type {any} */ (parsers.typescript.parse(text, /** @type {any} */ ({})));
  /** @type {File} */
  const file = {
    text,
    statements: tree.body.map((/** @type {any} */ node) => ({ node, names: [], used: false })),
    local: new Map(),
    imports: new Map(),
    exports: new Map(),
    all: [],
    wanted: new Set(),
    comments: tree.comments.map((/** @type {any} */ { range: [start, end], value }) => ({
      start,
      end,
      value,
    })),
  };
  for (const { node } of file.statements) dropInternal(file, declarationOf(node).body);
  for (const declared of file.statements)
    (readers[declared.node.type] ?? readers.declaration)(file, declared, path);
  return file;
}

/**
 * Every node of a syntax tree.
 * @param {any} node
 * @returns {Generator<any>}
 */
function* nodesIn(node) {
  if (!node || typeof node !== 'object') return;
  if (typeof node.type === 'string') yield node;
  for (const [key, value] of Object.entries(node))
    if (key !== 'comments' && key !== 'loc' && key !== 'range' && key !== 'parent') yield* nodesIn(value);
}

/** What public names need, found by following names from file to file. */
class Reached {
  /** @type {Map<string, File>} */ files = new Map();

  /** @param {(path: string) => string} read */
  constructor(read) {
    this.read = read;
  }

  /** @param {string} path */
  file(path) {
    const known = this.files.get(path);
    if (known) return known;
    const file = readDeclarations(path, this.read(path));
    this.files.set(path, file);
    return file;
  }

  /**
   * @param {string} path
   * @param {string} name '*': everything that it exports
   * @returns {boolean} is it there?
   */
  reach(path, name) {
    if (path === '') return true;
    const file = this.file(path);
    if (name === '*') {
      for (const exported of file.exports.keys()) this.reach(path, exported);
      for (const other of file.all) this.reach(other, '*');
      return true;
    }
    const source = file.exports.get(name);
    if (source === undefined) return file.all.some((other) => this.reach(other, name));
    file.wanted.add(`export ${name}`);
    if (typeof source === 'string') this.reachLocal(path, source);
    else this.reach(source.from, source.name);
    return true;
  }

  /**
   * @param {string} path
   * @param {string} name
   */
  reachLocal(path, name) {
    const file = this.file(path);
    const imported = file.imports.get(name);
    if (imported && !file.wanted.has(name)) {
      file.wanted.add(name);
      this.reach(imported.from, imported.name);
    }
    const declared = file.local.get(name);
    if (!declared || declared.used) return;
    // Of a function with overloads every statement is needed.
    for (const one of file.statements.filter(({ names }) => names.includes(name))) {
      one.used = true;
      for (const node of nodesIn(one.node)) this.reachNode(path, node);
    }
  }

  /**
   * @param {string} path
   * @param {any} node
   */
  reachNode(path, node) {
    if (node.type === 'Identifier') this.reachLocal(path, node.name);
    if (node.type !== 'TSImportType') return;
    let name = node.qualifier;
    while (name?.left) name = name.left;
    const specifier = (node.source ?? node.argument.literal ?? node.argument).value;
    if (specifier.startsWith('.')) this.reach(declarationsAt(path, specifier), name?.name ?? '*');
  }
}

/**
 * The comment for people before a declaration. The compiler repeats those of all overloads before each.
 * @param {File} file
 * @param {number} from where what stands before it ends
 * @param {number} to where it begins
 * @param {number} overload which of several it is
 */
function commentBefore(file, from, to, overload) {
  const texts = file.comments
    .filter(({ start, end }) => start >= from && end <= to)
    .map(({ start, end }) => file.text.slice(start, end))
    .filter((text) => text.startsWith('/**') && !/@(?:import|typedef|callback)\b/.test(text));
  const overloads = texts.filter((text) => text.includes('@overload'));
  const text = overloads.length > 0 ? overloads[overload] : texts.at(-1);
  return (text ?? '').replace(/\n *\* @overload\b.*/, '');
}

/**
 * @param {any} node
 * @returns {any}
 */
const declarationOf = (node) => node.declaration ?? node;

/**
 * A class with one comment for each member.
 * @param {File} file
 * @param {any} node
 */
function classText(file, node) {
  const { body, secret } = declarationOf(node).body;
  // What it keeps for itself makes it another type than an object that looks like it.
  let text = '';
  const mark = secret && !body.some((/** @type {any} */ { key }) => key?.type === 'PrivateName');
  let at = declarationOf(node).body.range[0] + 1;
  let copied = node.range[0];
  /** @type {Map<string, number>} */
  const seen = new Map();
  for (const member of body) {
    const [start, end] = member.range;
    const name = `${member.static} ${member.key?.name ?? start}`;
    const overload = seen.get(name) ?? 0;
    seen.set(name, overload + 1);
    const comment = commentBefore(file, at, start, overload);
    const said = comment && `${comment}\n    `;
    text += `${file.text.slice(copied, at)}\n    ${said}${file.text.slice(start, end)}`;
    copied = at = end;
  }
  text += file.text.slice(copied, node.range[1]);
  return mark ? text.replace('{', '{\n    #private;') : text;
}

/**
 * @param {File} file
 * @param {Declared} declared
 * @param {number} i its place
 */
function statementText(file, { node, names, used }, i) {
  const before = file.statements[i - 1]?.node.range[1] ?? 0;
  if (names.length > 0) {
    if (!used) return '';
    const same = file.statements.slice(0, i).filter((other) => other.names.includes(names[0])).length;
    const comment = commentBefore(file, before, node.range[0], same);
    const isClass = declarationOf(node).type === 'ClassDeclaration';
    return (comment && `${comment}\n`) + (isClass ? classText(file, node) : file.text.slice(...node.range));
  }
  if (node.type === 'ExportAllDeclaration') {
    const needed = !node.exported || file.wanted.has(`export ${node.exported.name}`);
    const comment = commentBefore(file, before, node.range[0], 0);
    return needed ? (comment && `${comment}\n`) + file.text.slice(...node.range) : '';
  }
  const wanted = node.specifiers.filter((/** @type {any} */ { exported, local }) =>
    file.wanted.has(exported ? `export ${exported.name}` : local.name),
  );
  if (wanted.length === 0) return '';
  if (wanted.length === node.specifiers.length) return file.text.slice(...node.range);
  const [first] = node.specifiers,
    last = node.specifiers.at(-1);
  const list = wanted.map((/** @type {any} */ { range }) => file.text.slice(...range)).join(', ');
  return (
    file.text.slice(node.range[0], first.range[0]) + list + file.text.slice(last.range[1], node.range[1])
  );
}

/** @param {File} file */
function fileText(file) {
  const references = file.text.match(/^\/\/\/ <reference .*$/gm) ?? [];
  const statements = file.statements.map((declared, i) => statementText(file, declared, i));
  // Without an export it would declare globals.
  return `${[...references, ...statements.filter((text) => text !== ''), 'export {};'].join('\n')}\n`;
}

/**
 * Leaves of a folder of declarations what the entries need.
 * @param {string} folder
 * @param {string[]} entries paths in it
 */
export function pruneDeclarations(folder, entries) {
  const reached = new Reached((path) => readFileSync(posix.join(folder, path), 'utf8'));
  for (const entry of entries) reached.reach(entry, '*');
  const texts = [...reached.files].map(([path, file]) => [path, fileText(file)]);
  rmSync(folder, { recursive: true });
  for (const [path, text] of texts) {
    mkdirSync(posix.join(folder, dirname(path)), { recursive: true });
    writeFileSync(posix.join(folder, path), text);
  }
}
