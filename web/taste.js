// Owns the taste entry: distributions of taste, distances between them, and lists that are re-ranked for taste. Must not be needed to rank.
export {};
