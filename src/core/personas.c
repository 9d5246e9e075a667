/* Owns the split of a history into personas: bisecting spherical k-means with a gain test, then soft
 * responsibilities, or the leaves below. Must not draw random numbers: the same history gives the same
 * personas on every device. */
#include "core/personas.h"

#include "ampcf.h"
#include "base/kernels.h"
#include "base/smath.h"

#include <string.h>

enum { SPLIT_SEEDS = 8, SPLIT_ROUNDS = 3, POLISH_ROUNDS = 6 };

personas_scratch personas_scratch_take(arena *a, uint32_t n, uint32_t dim, uint32_t max_clusters) {
    personas_scratch s;
    s.centre = arena_take(a, (size_t)max_clusters * dim, sizeof *s.centre);
    s.pair = arena_take(a, (size_t)3 * dim, sizeof *s.pair);
    s.resultant = arena_take(a, max_clusters, sizeof *s.resultant);
    s.owner = arena_take(a, n, sizeof *s.owner);
    s.likeness = arena_take(a, n, sizeof *s.likeness);
    s.trial = arena_take(a, n, sizeof *s.trial);
    return s;
}

void personas_direction(const float *v, uint32_t dim, float *out) {
    float length = __builtin_sqrtf(kernel_dot(v, v, dim));
    for (uint32_t d = 0; d < dim; d++) out[d] = length > 0 ? v[d] / length : 0;
}

/* Scale to unit length and return the length before; zero vectors stay zero. */
static float normalize(float *v, uint32_t dim) {
    float length = __builtin_sqrtf(kernel_dot(v, v, dim));
    if (length > 0)
        for (uint32_t d = 0; d < dim; d++) v[d] /= length;
    return length;
}

typedef struct history_view {
    const float *x, *weight, *count; /* count NULL = 1 each */
    uint32_t n, dim;
} history_view;

static const float *vector_of(const history_view *h, uint32_t i) { return h->x + (size_t)i * h->dim; }

/* The member of a cluster least like its centre among those more like it than `above`; ties go to the lower
 * index. Rows without weight shape no taste. */
static uint32_t next_farthest(const history_view *h, const personas_scratch *s, uint32_t cluster, float above,
                              uint32_t after, float *out_cosine) {
    uint32_t best = UINT32_MAX;
    *out_cosine = 2;
    for (uint32_t i = 0; i < h->n; i++) {
        if (s->owner[i] != cluster || !(h->weight[i] > 0)) continue;
        float cosine = s->likeness[i];
        int is_next = cosine > above || (cosine == above && i > after);
        if (is_next && cosine < *out_cosine) *out_cosine = cosine, best = i;
    }
    return best;
}

/* Cut a cluster into its centre and what gathers around one seed; returns the gain |S_a| + |S_b| - |S| of
 * summed unit vectors, sides in scratch->trial. */
static float split_from(const history_view *h, personas_scratch *s, uint32_t cluster, uint32_t seed) {
    float *left = s->pair, *right = left + h->dim, *border = right + h->dim, lengths = 0;
    uint32_t n_left;
    const float *centre = s->centre + (size_t)cluster * h->dim;
    memcpy(left, centre, h->dim * sizeof *left);
    memcpy(right, vector_of(h, seed), h->dim * sizeof *right);
    for (int round = 0; round < SPLIT_ROUNDS; round++) {
        memcpy(border, right, h->dim * sizeof *border);
        kernel_add_scaled(border, -1, left, h->dim);
        memset(left, 0, (size_t)2 * h->dim * sizeof *left);
        n_left = 0;
        for (uint32_t i = 0; i < h->n; i++) {
            if (s->owner[i] != cluster) continue;
            s->trial[i] = kernel_dot(border, vector_of(h, i), h->dim) > 0;
            if (s->trial[i]) kernel_add_scaled(right, h->weight[i], vector_of(h, i), h->dim);
            else n_left++;
        }
        /* What of the cluster's sum is not on the right is on the left; of nothing no rounding may be left.
         * */
        kernel_add_scaled(left, n_left ? s->resultant[cluster] : 0, centre, h->dim);
        kernel_add_scaled(left, n_left ? -1 : 0, right, h->dim);
        lengths = normalize(left, h->dim) + normalize(right, h->dim);
    }
    return lengths - s->resultant[cluster];
}

/* The best cut of a cluster over a few seeds far from its centre: one stray event must not hide a small
 * taste. */
static float best_split(const history_view *h, personas_scratch *s, uint32_t cluster) {
    float best_gain = 0, at = -2;
    uint32_t best_seed = UINT32_MAX, seed = 0;
    for (uint32_t i = 0; i < h->n; i++)
        if (s->owner[i] == cluster)
            s->likeness[i] = kernel_dot(s->centre + (size_t)cluster * h->dim, vector_of(h, i), h->dim);
    for (int tries = 0; tries < SPLIT_SEEDS; tries++) {
        seed = next_farthest(h, s, cluster, at, seed, &at);
        if (seed == UINT32_MAX) break;
        float gain = split_from(h, s, cluster, seed);
        if (gain > best_gain) best_gain = gain, best_seed = seed;
    }
    return best_seed == UINT32_MAX ? 0 : split_from(h, s, cluster, best_seed);
}

static void recentre(const history_view *h, personas_scratch *s, uint32_t n_clusters) {
    memset(s->centre, 0, (size_t)n_clusters * h->dim * sizeof *s->centre);
    for (uint32_t i = 0; i < h->n; i++)
        kernel_add_scaled(s->centre + (size_t)s->owner[i] * h->dim, h->weight[i], vector_of(h, i), h->dim);
    for (uint32_t k = 0; k < n_clusters; k++)
        s->resultant[k] = normalize(s->centre + (size_t)k * h->dim, h->dim);
}

/* What has weight of a cluster. */
typedef struct cluster_size {
    float weight, events;
    uint32_t rows;
} cluster_size;

static cluster_size size_of(const history_view *h, const uint32_t *owner, uint32_t cluster) {
    cluster_size size = {0, 0, 0};
    for (uint32_t i = 0; i < h->n; i++)
        if (owner[i] == cluster && h->weight[i] > 0)
            size.weight += h->weight[i], size.events += h->count ? h->count[i] : 1, size.rows++;
    return size;
}

/* The bar is counted in events of mean weight: a persona must explain `split` events that its parent could
 * not. A broad taste gains about a fiftieth of its size from any cut, hence the slope; one stray event
 * gains less than 1.
 * */
static float bar(const cluster_size *size, float split) {
    return split * (size->weight / size->events) * (1 + size->events / 50);
}

/* Gain of the best cut of a cluster, sides in scratch->trial; 0 = no cut is worth a persona. */
static float worth_of_split(const history_view *h, personas_scratch *s, uint32_t cluster, float split) {
    cluster_size size = size_of(h, s->owner, cluster);
    float gain = size.rows < 2 ? 0 : best_split(h, s, cluster);
    return size.rows < 2 || gain < bar(&size, split) ? 0 : gain;
}

/* Bisect until there are `most` clusters or no cut is worth it. Told by persona_of whose leaf each cluster
 * is, where that is asked. Returns how many there are. */
static uint32_t bisect(const history_view *h, personas_scratch *s, uint32_t n_clusters, uint32_t most,
                       float split, uint32_t *persona_of) {
    float gain[AMPCF_MAX_LEAVES]; /* below 0: not tried since it was made */
    for (uint32_t k = 0; k < most; k++) gain[k] = -1;
    while (n_clusters < most) {
        uint32_t best = 0;
        for (uint32_t k = 0; k < n_clusters; k++) {
            if (gain[k] < 0) gain[k] = worth_of_split(h, s, k, split);
            if (gain[k] > gain[best]) best = k;
        }
        if (!(gain[best] > 0)) break;
        for (uint32_t i = 0; i < h->n; i++)
            if (s->owner[i] == best && s->trial[i]) s->owner[i] = n_clusters;
        if (persona_of) persona_of[n_clusters] = persona_of[best];
        gain[best] = gain[n_clusters++] = -1;
        recentre(h, s, n_clusters);
    }
    return n_clusters;
}

static void polish(const history_view *h, personas_scratch *s, uint32_t n_clusters) {
    for (int round = 0; round < POLISH_ROUNDS; round++) {
        int moved = 0;
        for (uint32_t i = 0; i < h->n; i++) {
            uint32_t best = s->owner[i];
            float highest = kernel_dot(s->centre + (size_t)best * h->dim, vector_of(h, i), h->dim);
            for (uint32_t k = 0; k < n_clusters; k++) {
                float cosine = kernel_dot(s->centre + (size_t)k * h->dim, vector_of(h, i), h->dim);
                if (cosine > highest) highest = cosine, best = k;
            }
            if (best != s->owner[i]) s->owner[i] = best, moved = 1;
        }
        if (!moved) break;
        recentre(h, s, n_clusters);
    }
}

/* Drop empty clusters. Returns how many live; out_share is their part of the weight. */
static uint32_t drop_empty(const history_view *h, personas_scratch *s, uint32_t n_clusters,
                           float *out_share) {
    uint32_t to[AMPCF_MAX_PERSONAS], live = 0;
    float total = 0;
    for (uint32_t k = 0; k < n_clusters; k++) {
        cluster_size size = size_of(h, s->owner, k);
        to[k] = live;
        if (size.rows > 0) out_share[live++] = size.weight;
        total += size.weight;
    }
    for (uint32_t k = 0; k < live; k++) out_share[k] /= total;
    for (uint32_t i = 0; i < h->n; i++) s->owner[i] = to[s->owner[i]];
    recentre(h, s, live);
    return live;
}

static void soften(const history_view *h, const personas_scratch *s, uint32_t live, float sharpness,
                   float *out_r, float *out_share) {
    double sum_weight = 0,
           share[AMPCF_MAX_PERSONAS] = {0}; /* single precision would lose 0.1 % over the longest history */
    for (uint32_t i = 0; i < h->n; i++) {
        float *r = out_r + (size_t)i * live, highest = -1e30f, sum = 0;
        for (uint32_t k = 0; k < live; k++) {
            r[k] = sharpness * kernel_dot(s->centre + (size_t)k * h->dim, vector_of(h, i), h->dim);
            if (r[k] > highest) highest = r[k];
        }
        for (uint32_t k = 0; k < live; k++) sum += r[k] = out_share[k] * smath_exp_f32(r[k] - highest);
        for (uint32_t k = 0; k < live; k++) share[k] += (double)(h->weight[i] * (r[k] /= sum));
        sum_weight += (double)h->weight[i];
    }
    for (uint32_t k = 0; k < live; k++) out_share[k] = (float)(share[k] / sum_weight);
}

/* Largest share first; equal shares keep the order of birth. */
static void order_by_share(uint32_t n, uint32_t live, float *out_r, float *out_share) {
    uint32_t from[AMPCF_MAX_PERSONAS];
    float row[AMPCF_MAX_PERSONAS];
    for (uint32_t k = 0; k < live; k++) {
        uint32_t at = k;
        for (; at > 0 && out_share[from[at - 1]] < out_share[k]; at--) from[at] = from[at - 1];
        from[at] = k;
    }
    for (uint32_t i = 0; i <= n; i++) {
        float *to = i < n ? out_r + (size_t)i * live : out_share;
        memcpy(row, to, live * sizeof *row);
        for (uint32_t k = 0; k < live; k++) to[k] = row[from[k]];
    }
}

/* Clusters that are worth a persona, polished, in scratch->owner; out_share (P) their parts of the weight. */
static uint32_t find_personas(const history_view *h, personas_scratch *s, const personas_settings *settings,
                              float *out_share) {
    memset(s->owner, 0, h->n * sizeof *s->owner);
    recentre(h, s, 1);
    uint32_t n_clusters = bisect(h, s, 1, settings->max_personas, settings->split, NULL);
    if (n_clusters > 1) polish(h, s, n_clusters);
    return drop_empty(h, s, n_clusters, out_share);
}

uint32_t personas_split(const float *x, const float *weight, const float *count, uint32_t n, uint32_t dim,
                        const personas_settings *settings, personas_scratch *scratch, float *out_r,
                        float *out_share) {
    if (n == 0) return 0;
    history_view h = {x, weight, count, n, dim};
    uint32_t live = find_personas(&h, scratch, settings, out_share);
    soften(&h, scratch, live, settings->sharpness, out_r, out_share);
    order_by_share(n, live, out_r, out_share);
    return live;
}

/* Each row to the one persona that owns it, the largest first. */
static void harden(const history_view *h, personas_scratch *s, uint32_t live, float *out_r,
                   float *out_share) {
    memset(out_r, 0, (size_t)h->n * live * sizeof *out_r);
    for (uint32_t i = 0; i < h->n; i++) out_r[(size_t)i * live + s->owner[i]] = 1;
    order_by_share(h->n, live, out_r, out_share);
    for (uint32_t i = 0; i < h->n; i++)
        for (uint32_t k = 0; k < live; k++)
            if (out_r[(size_t)i * live + k] > 0) s->owner[i] = k;
}

/* Directions of the leaves in scratch->owner. Where nothing of a leaf says anything of taste, what
 * was not liked points the way. Weights are divided by their sum, since the squares of small ones are 0. */
static void describe_leaves(const history_view *h, const personas_scratch *s, personas_tree *tree) {
    size_t stride = tree->direction_stride;
    float *sum = s->likeness; /* (L) weight of each leaf: there are no more leaves than rows */
    memset(tree->direction, 0, tree->n_leaves * stride * sizeof *tree->direction);
    for (uint32_t l = 0; l < tree->n_leaves; l++) sum[l] = 0;
    for (uint32_t i = 0; i < h->n; i++) sum[s->owner[i]] += h->weight[i];
    for (uint32_t i = 0; i < h->n; i++) {
        float weight = sum[s->owner[i]] > 0 ? h->weight[i] / sum[s->owner[i]] : 1;
        kernel_add_scaled(tree->direction + s->owner[i] * stride, weight, vector_of(h, i), h->dim);
    }
    for (uint32_t l = 0; l < tree->n_leaves; l++) (void)normalize(tree->direction + l * stride, h->dim);
    memcpy(tree->leaf_of, s->owner, h->n * sizeof *tree->leaf_of);
}

uint32_t personas_grow(const float *x, const float *weight, const float *count, uint32_t n, uint32_t dim,
                       const personas_settings *settings, personas_scratch *scratch, float *out_r,
                       float *out_share, personas_tree *tree) {
    tree->n_leaves = 0;
    if (n == 0) return 0;
    history_view h = {x, weight, count, n, dim};
    uint32_t live = find_personas(&h, scratch, settings, out_share);
    harden(&h, scratch, live, out_r, out_share);
    if (n <= settings->max_leaves) {
        for (uint32_t i = 0; i < n; i++) tree->persona_of[i] = scratch->owner[i], scratch->owner[i] = i;
        tree->n_leaves = n;
    } else {
        for (uint32_t k = 0; k < live; k++) tree->persona_of[k] = k;
        recentre(&h, scratch, live);
        tree->n_leaves = bisect(&h, scratch, live, settings->max_leaves, 0, tree->persona_of);
    }
    describe_leaves(&h, scratch, tree);
    return live;
}
