// Owns the build of the core that every engine with SIMD runs, as a module of its own: an engine that prints
// the line of an error prints no base64.
import packed from '../../dist/wasm/core-simd.wasm.zlib';

export default packed;
