// Owns the store entry: keeping a profile in a browser. Must not send it anywhere, or know how it ranks.
export {};
