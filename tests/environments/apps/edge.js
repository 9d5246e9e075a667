// Owns a worker of workerd, which may not compile bytes. Must need no configuration beside the bundler's.
import { check } from './check.js';

export default {
  /** @param {Request} request whose body is a model */
  async fetch(request) {
    const bytes = new Uint8Array(await request.arrayBuffer());
    return new Response(await check(bytes).catch((error) => String(error.stack)));
  },
};
