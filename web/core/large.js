// Owns the build of the core that prunes large catalogues, as a chunk of its own, downloaded only for them.
import packed from '../../dist/wasm/core-large.wasm.zlib';

export default packed;
