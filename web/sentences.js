// Owns the sentences entry: an explanation in words, from replaceable templates. Must not compute numbers.
export {};
