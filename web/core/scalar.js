// Owns the scalar build as a chunk of its own, downloaded only by engines without SIMD.
import base64 from '../../dist/wasm/core-scalar.wasm';

export default base64;
