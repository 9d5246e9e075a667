/* Owns the exact transport of one distribution to another: network simplex on the categories that have
 * weight. Must not allocate, and must not know what the categories are.
 *
 * Nodes are the m sources (categories of p), the n sinks (of q) and a root. Every node but the root has one
 * tree arc, to its parent. The start hangs all nodes on the root by arcs of the largest cost; while one of
 * them carries anything, some arc from source to sink is cheaper than the way round. Trees stay strongly
 * feasible (Cunningham 1976: an arc of the tree without flow points to the root), so that steps which move
 * nothing cannot go round in a circle. */
#include "taste/wasserstein.h"

#include "base/arena.h"

enum { NONE = 0xFFFFFFFF };

/* Of 1: masses are whole numbers, so that flows have no rounding. */
static const int64_t whole = 1ll << 52;

typedef struct transport {
    const double *cost;
    uint32_t stride, m, n; /* categories, sources, sinks; the root is node m + n */
    double largest;
    uint32_t *category;                               /* (m + n) of each node */
    uint32_t *parent, *depth, *first, *next, *before; /* (m + n + 1) tree; children as a list */
    uint8_t *up;                                      /* the arc goes from the node to its parent */
    int64_t *flow;                                    /* on that arc */
    double *level; /* potential: an arc u -> v of the tree costs level u - level v */
} transport;

static transport take(arena *a, uint32_t n_categories) {
    size_t nodes = 2 * (size_t)n_categories + 1;
    transport t = {0};
    t.flow = arena_take(a, nodes, sizeof *t.flow);
    t.level = arena_take(a, nodes, sizeof *t.level);
    uint32_t **lists[] = {&t.category, &t.parent, &t.depth, &t.first, &t.next, &t.before};
    for (uint32_t i = 0; i < sizeof lists / sizeof *lists; i++)
        *lists[i] = arena_take(a, nodes, sizeof(uint32_t));
    t.up = arena_take(a, nodes, 1);
    return t;
}

size_t wasserstein_memory(uint32_t n) {
    arena a = arena_measure();
    (void)take(&a, n);
    return a.full ? 0 : a.used;
}

static void hang(transport *t, uint32_t v, uint32_t parent, int64_t flow, uint32_t up) {
    t->parent[v] = parent, t->flow[v] = flow, t->up[v] = (uint8_t)up;
    t->before[v] = NONE, t->next[v] = t->first[parent];
    if (t->next[v] != NONE) t->before[t->next[v]] = v;
    t->first[parent] = v;
}

static void unhang(transport *t, uint32_t v) {
    uint32_t before = t->before[v], next = t->next[v];
    if (before == NONE) t->first[t->parent[v]] = next;
    else t->next[before] = next;
    if (next != NONE) t->before[next] = before;
}

/* Categories of weight become nodes from `from` on; their masses, rounded, add up to exactly `whole`.
 * Returns how many. */
static uint32_t add_nodes(transport *t, const double *p, uint32_t n, uint32_t from) {
    double sum = 0;
    int64_t left = whole;
    uint32_t count = 0, largest = from;
    for (uint32_t a = 0; a < n; a++) sum += p[a];
    for (uint32_t a = 0; a < n; a++) {
        int64_t mass = (int64_t)(p[a] / sum * (double)whole + 0.5);
        if (mass <= 0) continue;
        uint32_t v = from + count++;
        t->category[v] = a, t->flow[v] = mass, left -= mass;
        if (mass > t->flow[largest]) largest = v;
    }
    t->flow[largest] += left;
    return count;
}

static double arc_cost(const transport *t, uint32_t source, uint32_t sink) {
    return t->cost[(size_t)t->category[source] * t->stride + t->category[sink]];
}

/* Of the arc between a node and its parent. */
static double own_cost(const transport *t, uint32_t v) {
    uint32_t parent = t->parent[v];
    if (parent == t->m + t->n) return t->largest;
    return v < t->m ? arc_cost(t, v, parent) : arc_cost(t, parent, v);
}

/* Depth and potential of everything below v, from its parent on. */
static void settle(transport *t, uint32_t top) {
    for (uint32_t v = top;;) {
        uint32_t parent = t->parent[v];
        t->depth[v] = t->depth[parent] + 1;
        t->level[v] = t->up[v] ? t->level[parent] + own_cost(t, v) : t->level[parent] - own_cost(t, v);
        if (t->first[v] != NONE) {
            v = t->first[v];
            continue;
        }
        while (v != top && t->next[v] == NONE) v = t->parent[v];
        if (v == top) return;
        v = t->next[v];
    }
}

static ampcf_status begin(transport *t, const double *p, const double *q, uint32_t n, const double *cost) {
    t->cost = cost, t->stride = n;
    t->m = add_nodes(t, p, n, 0);
    t->n = add_nodes(t, q, n, t->m);
    for (uint32_t i = 0; i < t->m; i++)
        for (uint32_t j = 0; j < t->n; j++) {
            double c = arc_cost(t, i, t->m + j);
            if (!(c >= 0 && c <= 1e9)) return AMPCF_E_ARGUMENT;
            if (c > t->largest) t->largest = c;
        }
    uint32_t root = t->m + t->n;
    t->first[root] = t->parent[root] = NONE, t->depth[root] = 0, t->level[root] = 0;
    for (uint32_t v = 0; v < root; v++) {
        t->first[v] = NONE;
        hang(t, v, root, t->flow[v], v < t->m);
        settle(t, v);
    }
    return AMPCF_OK;
}

/* The cheapest arc of a block, block after block from where the last search ended; 0 = the tree is optimal.
 * */
static int find_entering(const transport *t, uint64_t *cursor, uint32_t *out_source, uint32_t *out_sink) {
    uint64_t arcs = (uint64_t)t->m * t->n, block = t->n < 32 ? 32 : t->n;
    double best = -1e-13 * t->largest;
    uint32_t i = (uint32_t)(*cursor / t->n), j = (uint32_t)(*cursor % t->n);
    int found = 0;
    for (uint64_t seen = 1; seen <= arcs; seen++) {
        double reduced = arc_cost(t, i, t->m + j) - t->level[i] + t->level[t->m + j];
        if (reduced < best) best = reduced, *out_source = i, *out_sink = t->m + j, found = 1;
        if (++j == t->n) j = 0, i = i + 1 == t->m ? 0 : i + 1;
        if (found && seen % block == 0) break;
    }
    *cursor = (uint64_t)i * t->n + j;
    return found;
}

static uint32_t common_ancestor(const transport *t, uint32_t u, uint32_t v) {
    while (u != v) {
        if (t->depth[u] >= t->depth[v]) u = t->parent[u];
        else v = t->parent[v];
    }
    return u;
}

/* Flow goes round the circle that the entering arc closes: from the source to the sink, up to the join,
 * down to the source. Of the arcs that run empty the last one from the join on leaves, which keeps the tree
 * strongly feasible. */
static void pivot(transport *t, uint32_t source, uint32_t sink) {
    uint32_t join = common_ancestor(t, source, sink), out = NONE;
    int64_t delta = INT64_MAX;
    for (uint32_t v = source; v != join; v = t->parent[v])
        if (t->up[v] && t->flow[v] < delta) delta = t->flow[v], out = v;
    int at_sink = 0;
    for (uint32_t v = sink; v != join; v = t->parent[v])
        if (!t->up[v] && t->flow[v] <= delta) delta = t->flow[v], out = v, at_sink = 1;
    for (uint32_t v = source; v != join; v = t->parent[v]) t->flow[v] += t->up[v] ? -delta : delta;
    for (uint32_t v = sink; v != join; v = t->parent[v]) t->flow[v] += t->up[v] ? delta : -delta;
    uint32_t v = at_sink ? sink : source, parent = at_sink ? source : sink, up = !at_sink, top = v;
    for (int64_t flow = delta;;) {
        uint32_t old_parent = t->parent[v], old_up = t->up[v];
        int64_t old_flow = t->flow[v];
        unhang(t, v);
        hang(t, v, parent, flow, up);
        if (v == out) break;
        parent = v, v = old_parent, flow = old_flow, up = !old_up;
    }
    settle(t, top);
}

ampcf_status wasserstein(const double *p, const double *q, uint32_t n, const double *cost, uint64_t max_steps,
                         void *memory, size_t memory_bytes, double *out) {
    arena a = arena_over(memory, memory_bytes);
    transport t = take(&a, n);
    if (a.full) return AMPCF_E_MEMORY;
    ampcf_status status = begin(&t, p, q, n, cost);
    if (status != AMPCF_OK) return status;
    uint64_t cursor = 0;
    uint32_t source = 0, sink = 0, root = t.m + t.n;
    for (uint64_t step = 0; find_entering(&t, &cursor, &source, &sink); step++) {
        if (step == max_steps) return AMPCF_E_LIMIT;
        pivot(&t, source, sink);
    }
    double sum = 0;
    for (uint32_t v = 0; v < root; v++)
        if (t.parent[v] != root) sum += (double)t.flow[v] * own_cost(&t, v);
    *out = sum / (double)whole;
    return AMPCF_OK;
}
