// Owns a worker of workerd that gives the modules itself. Must be bundled without the condition workerd.
import module from 'ampcf/core.wasm';
import tasteModule from 'ampcf/taste.wasm';
import { loadModel } from 'ampcf';

export default {
  /** @param {Request} request whose body is a model */
  async fetch(request) {
    const bytes = new Uint8Array(await request.arrayBuffer());
    const model = await loadModel(bytes, { module, tasteModule });
    const me = model.createProfile(['a']);
    return new Response(`${me.recommend({ topK: 1 }).items[0].item} ${me.tasteDistance(['b'])}`);
  },
};
