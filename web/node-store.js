// Owns the store of files for Node. Must not be needed by a page.
export {};
