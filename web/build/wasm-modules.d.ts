// What the bundler puts in place: imports of wasm become base64 text, and two constants are filled in.
declare module '*.wasm' {
  const base64: string;
  export default base64;
}
declare module '*.wasm.zlib' {
  const base64: string;
  export default base64;
}
/** AMPCF_SELF_TEST of include/ampcf.h. */
declare const AMPCF_SELF_TEST: number;
/** The version of package.json. */
declare const AMPCF_VERSION: string;
