// Owns the figures of others, each with its source. Must not hold a figure of ours.

/**
 * ml1m-leaderboard (Movielens1M_m1 of RecZoo), full ranking: Recall@20, NDCG@20. Their settings were chosen
 * on test.
 */
export const leaderboard = [
  { name: 'SimpleX', recall: 0.2802, ndcg: 0.267, source: 'published log, RecZoo' },
  { name: 'UltraGCN', recall: 0.2787, ndcg: 0.2642, source: 'published log, RecZoo' },
  { name: 'LightGCN', recall: 0.2576, ndcg: 0.2427, source: 'published, RecZoo' },
];

/** sparse-gowalla (gowalla_m1 of the BARS leaderboard), full ranking; settings chosen on test. */
export const gowallaBoard = [
  { name: 'SimpleX', recall: 0.1872, ndcg: 0.1557 },
  { name: 'UltraGCN', recall: 0.1862, ndcg: 0.158 },
  { name: 'GF-CF', recall: 0.1849, ndcg: 0.1518 },
  { name: 'LightGCN', recall: 0.182, ndcg: 0.1547 },
  { name: 'EASE', recall: 0.1765, ndcg: 0.1467 },
  { name: 'ItemCF', recall: 0.157, ndcg: 0.1214 },
];

/**
 * HR@10 and NDCG@10 of the authors' notebook (github.com/TomShak/AMP-CF), run on these lists with the
 * held-out item taken out of its pool of negatives; best epoch on test.
 */
export const notebook = {
  films: [
    { name: 'MF', hr: 0.7656, ndcg: 0.5122 },
    { name: 'AMP-3', hr: 0.782, ndcg: 0.523 },
    { name: 'AMP-4', hr: 0.7689, ndcg: 0.5207 },
  ],
  games: [
    { name: 'MF', hr: 0.5537, ndcg: 0.3619 },
    { name: 'AMP-3', hr: 0.5995, ndcg: 0.4017 },
  ],
};
