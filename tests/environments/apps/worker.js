// Owns the worker of a page. Must answer with the check's line.
import { check } from './check.js';

self.onmessage = ({ data }) => check(data).then(postMessage, (error) => postMessage(String(error.stack)));
