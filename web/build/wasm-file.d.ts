// Owns the type of a wasm file of the package, as runtimes and bundlers import it that may not compile bytes: a
// module that the host has compiled.
declare const module: WebAssembly.Module;
export default module;
