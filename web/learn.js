// Owns the learning entry: what time and feedback do to a profile. Must not be needed to rank.
export {};
