/* Owns the arithmetic of scan.h. Must round every bound upwards. */
#include "core/scan.h"

#include "base/best.h"
#include "base/kernels.h"
#include "base/smath.h"
#include "core/heads.h"
#include "core/rounded.h"

/* Most rows of A; beyond them the sum over leaves is bounded term by term. */
enum { MOST_ROWS = 128 };
/* So many of a block are worth another look at it, and so many the whole. */
enum { FEW = 4, MANY = 16, MOST_BLIND = 31 };
static const float rounding_of_rest = 3.8146973e-6f; /* 2^-18 */

void scan_take(arena *a, ampcf_profile *p, uint32_t leaves) {
    const ampcf_model *m = p->model;
    int prunes = SCAN_PRUNES && m->rounded.lengths;
    p->whole_row = arena_take(a, prunes ? m->dim : 0, sizeof *p->whole_row);
    p->look_row = arena_take(a, prunes ? HEADS_LOOKS * LOOK_DIM : 0, sizeof *p->look_row);
    p->form_rows = arena_take(a, prunes ? 2 * (size_t)leaves * m->dim : 0, sizeof *p->form_rows);
    p->forms = arena_take(a, prunes ? 2 * leaves : 0, sizeof *p->forms);
    p->scanned = arena_take(a, 1, sizeof *p->scanned);
}

size_t scan_scratch(const ampcf_model *m, uint32_t leaves) {
    size_t rows = 2 * (size_t)leaves < MOST_ROWS ? 2 * leaves : MOST_ROWS;
    return SCAN_PRUNES && m->rounded.lengths ? m->dim + 4 * rows * rows : 0;
}

/* ---- Forms ---- */

/* What a row of D may hold, so that its dot products with int8 stay below 2^31. */
static double most_of_whole(uint32_t dim) {
    double most = 2147483647.0 / (127.0 * dim);
    return most > 32767 ? 32767 : (double)(int)most;
}

/* Rounds U (D) to -most to most. Returns |U - step row|. */
static double round_row(const double *u, uint32_t dim, double most, scan_form *form, int16_t *row) {
    double largest = 0, rest = 0;
    for (uint32_t d = 0; d < dim; d++) largest = u[d] > largest ? u[d] : -u[d] > largest ? -u[d] : largest;
    form->step = largest / most > 1e-30 ? (float)(largest / most) : 0;
    for (uint32_t d = 0; d < dim; d++) {
        double q = form->step > 0 ? u[d] / (double)form->step : 0;
        q = q > most - 0.5 ? most : q < 0.5 - most ? -most : q;
        row[d] = (int16_t)(q + (q < 0 ? -0.5 : 0.5));
        double left = u[d] - (double)form->step * row[d];
        rest += left * left;
    }
    return __builtin_sqrt(rest);
}

static double length_of(const double *u, uint32_t dim) {
    double sum = 0;
    for (uint32_t d = 0; d < dim; d++) sum += u[d] * u[d];
    return __builtin_sqrt(sum);
}

/* What the rounding of item vectors may hide, for each unit of their scales. */
static float hidden(const ampcf_model *m, double length) {
    return m->rounded.is_own ? (float)(0.502 * __builtin_sqrt(m->dim) * length) : 0;
}

/* out = a b of n by n. */
static void multiply(const double *a, const double *b, uint32_t n, double *out) {
    for (uint32_t r = 0; r < n; r++)
        for (uint32_t c = 0; c < n; c++) {
            double sum = 0;
            for (uint32_t i = 0; i < n; i++) sum += a[r * n + i] * b[i * n + c];
            out[r * n + c] = sum;
        }
}

/* (tr T^16)^(1/16) of a symmetric T (n, n). T and other are overwritten. */
static double largest_eigenvalue(double *t, uint32_t n, double *other) {
    double most = 0, trace = 0;
    for (uint32_t i = 0; i < n * n; i++) most = t[i] > most ? t[i] : -t[i] > most ? -t[i] : most;
    for (uint32_t i = 0; i < n * n; i++) t[i] /= most > 0 ? most : 1;
    for (int squared = 0; squared < 3; squared++) {
        double *product = other;
        multiply(t, t, n, product);
        other = t, t = product;
    }
    for (uint32_t i = 0; i < n * n; i++) trace += t[i] * t[i];
    return trace > 0 ? most * smath_exp(smath_log(trace) / 16) : 0;
}

/* The lower factor of a Gram matrix of vectors of at most length 1 into l (n, n); what is dependent but for a
 * rounding gets a column of zeros, which is 1e-6 wrong at most. */
static void factor(const double *gram, uint32_t n, double *l) {
    for (uint32_t c = 0; c < n; c++) {
        double pivot = gram[c * n + c];
        for (uint32_t i = 0; i < c; i++) pivot -= l[c * n + i] * l[c * n + i];
        double root = pivot > 1e-13 ? __builtin_sqrt(pivot) : 0;
        for (uint32_t r = 0; r < n; r++) {
            double sum = gram[r * n + c];
            for (uint32_t i = 0; i < c; i++) sum -= l[r * n + i] * l[c * n + i];
            l[r * n + c] = r < c || !(root > 0) ? 0 : r == c ? root : sum / root;
        }
    }
}

/* The Gram matrix of the L directions c_l and then the L vectors u_l / loud, which lie so in the tree. */
static void gram_of(const ampcf_profile *p, double loud, double *gram) {
    uint32_t half = p->tree.n_leaves, n = 2 * half;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j <= i; j++) {
            const float *a = p->tree.direction + (size_t)i * p->stride,
                        *b = p->tree.direction + (size_t)j * p->stride;
            double sum = 0;
            for (uint32_t d = 0; d < p->model->dim; d++) sum += (double)a[d] * (double)b[d];
            gram[i * n + j] = gram[j * n + i] = sum / (i < half ? 1 : loud) / (j < half ? 1 : loud);
        }
}

/* The largest |eigenvalue| of B / loud with r: that of T = L^T J L, of the Gram matrix L L^T of n rows. */
static double eigenvalue_of(const double *gram, uint32_t n, double b, double r, double *work) {
    uint32_t half = n / 2;
    double *l = work, *product = l + (size_t)n * n, *t = product + (size_t)n * n;
    factor(gram, n, l);
    for (uint32_t c = 0; c < n; c++)
        for (uint32_t i = 0; i < half; i++) {
            double size = __builtin_sqrt(gram[(half + i) * n + half + i]);
            product[i * n + c] = r * size * l[i * n + c] + b / 2 * l[(half + i) * n + c];
            product[(half + i) * n + c] = b / 2 * l[i * n + c];
        }
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j <= i; j++) {
            double sum = 0;
            for (uint32_t k = 0; k < n; k++) sum += l[k * n + i] * product[k * n + j];
            t[i * n + j] = t[j * n + i] = sum;
        }
    return largest_eigenvalue(t, n, product);
}

/* The most that the gate adds to U . x for a unit vector x; loud = sum_l |u_l|. */
static double gate_adds(const ampcf_profile *p, double loud, double *work) {
    double b = (double)p->gate, r = smath_exp(b) - 1 - b, level = smath_exp(-b * (double)GATE_LEVEL);
    uint32_t n = 2 * p->tree.n_leaves;
    if (!(b > 0 && loud > 0)) return 0;
    if (n > MOST_ROWS) return level * (b + r) * loud;
    gram_of(p, loud, work);
    return level * loud * (eigenvalue_of(work, n, b, r, work + (size_t)n * n) + 1e-5 * (b + r));
}

/* What single precision rounds away, for a unit of length. */
static double rounding(const ampcf_profile *p, double loud) {
    return (1.0 / 8192 + (double)p->gate / 65536) * loud;
}

/* Of U (D), which is overwritten; per_length: of what is no dot product. */
static void round_heads(ampcf_profile *p, double *u, double per_length) {
    const heads_table *t = &p->model->rounded.heads;
    double turned[HEADS_AXES + HEADS_LOOKS], *rests = turned + HEADS_AXES;
    int16_t row[HEADS_AXES + HEADS_LOOKS];
    scan_form all;
    heads_turn(t, u, p->model->dim, turned, rests);
    double off = round_row(turned, HEADS_AXES + HEADS_LOOKS, LOOK_MOST - 1, &all, row);
    for (uint32_t look = 0; look < HEADS_LOOKS; look++) {
        uint32_t n = look > 0 ? HEADS_AXES : HEADS_FIRST_AXES;
        double hidden = 0.503 * __builtin_sqrt(n) / HEADS_UNITS + 5 * (double)t->slack;
        p->look_adds[look] = (float)((per_length + 1.03 * off + hidden * length_of(turned, n)) * 1.0001);
        row[HEADS_AXES + look]++; /* not below |r| */
    }
    heads_arrange(row, p->look_row);
    p->look_step = all.step / (HEADS_UNITS * 256);
}

static void round_whole(ampcf_profile *p, double *work) {
    const ampcf_model *m = p->model;
    uint32_t dim = m->dim;
    double *sum = work, loud = 0, b = (double)p->gate, level = smath_exp(-b * (double)GATE_LEVEL);
    for (uint32_t d = 0; d < dim; d++) sum[d] = 0;
    for (uint32_t l = 0; l < p->tree.n_leaves; l++) {
        const float *u = p->vectors + (size_t)l * p->stride;
        double square = 0;
        for (uint32_t d = 0; d < dim; d++)
            sum[d] += level * (double)u[d], square += (double)u[d] * (double)u[d];
        loud += __builtin_sqrt(square);
    }
    double rest = round_row(sum, dim, most_of_whole(dim), &p->whole, p->whole_row),
           most = smath_exp((1 - (double)GATE_LEVEL) * b);
    double added = gate_adds(p, loud, work + dim) + rounding(p, most * loud);
    p->whole.per_scale = hidden(m, length_of(sum, dim));
    p->whole.per_length = (float)((added + rest) * 1.0001);
    if (m->rounded.heads.heads) round_heads(p, sum, added);
}

/* Row l of the 2 L of the tree; of the directions, which have length 1, by a cosine's rounding. */
static void round_leaf(ampcf_profile *p, uint32_t l) {
    const float *x = p->tree.direction + (size_t)l * p->stride;
    uint32_t dim = p->model->dim;
    int8_t *row = p->form_rows + (size_t)l * dim;
    scan_form *form = &p->forms[l];
    double rest = 0, square = 0;
    form->step = kernel_to_i8(x, dim, row);
    for (uint32_t d = 0; d < dim; d++) {
        double left = (double)x[d] - (double)form->step * row[d];
        rest += left * left, square += (double)x[d] * (double)x[d];
    }
    double length = __builtin_sqrt(square);
    form->per_scale = hidden(p->model, length);
    form->per_length = (float)((__builtin_sqrt(rest) + rounding(p, length)) * 1.0001);
}

void scan_prepare(ampcf_profile *p, double *work) {
    p->prunes = SCAN_PRUNES && p->model->rounded.lengths && p->n_personas > 0;
    if (!p->prunes) return;
    round_whole(p, work);
    for (uint32_t l = 0; l < 2 * p->tree.n_leaves; l++) round_leaf(p, l);
}

/* ---- Bounds ---- */

static const int8_t *rounded_row(const ampcf_model *m, uint32_t item) {
    return m->rounded.rows + (size_t)item * m->dim;
}

static float absolute(float x) { return x < 0 ? -x : x; }

/* What a score has to reach so that its bound, rounded, does too. */
static float eased(float least) { return least - absolute(least) * rounding_of_rest - 1e-30f; }

/* The same for blocks, whose bounds leave out what rounds of the bias. */
static float eased_for_all(const ampcf_model *m, float least) {
    return eased(least) - m->rounded.most_bias * rounding_of_rest;
}

int scan_reaches(float bound, float least) { return bound >= eased(least); }

typedef struct interval {
    float low, high;
} interval;

/* x . v of a form. */
static interval form_of(const scan_form *form, int32_t dot, float scale, float length) {
    float middle = scale * (form->step * (float)dot),
          half = scale * form->per_scale + length * form->per_length;
    return (interval){middle - half, middle + half};
}

/* The rounded U . v of n items; at NULL: of the first of the catalogue. */
static void whole_dots(const ampcf_profile *p, const uint32_t *at, uint32_t n, int32_t *out) {
    kernel_i8_dots(p->model->rounded.rows, at, n, p->whole_row, p->model->dim, out);
    p->scanned->bounded += n;
}

static int reaches(const ampcf_profile *p, uint32_t item, int32_t dot, const float *near, float least) {
    const ampcf_model *m = p->model;
    float bias = m->bias[item], rest = absolute(bias);
    float bound =
        bias + form_of(&p->whole, dot, m->rounded.scales[item], rounded_length(&m->rounded, item)).high;
    for (uint32_t k = 0; near && k < p->n_personas; k++) bound += near[k], rest += absolute(near[k]);
    return scan_reaches(bound + rest * rounding_of_rest, least);
}

static int scan_bounded(const ampcf_profile *p, uint32_t item, const float *near, float least) {
    int32_t dot;
    whole_dots(p, &item, 1, &dot);
    return reaches(p, item, dot, near, least);
}

int scan_candidate(const ampcf_profile *p, uint32_t item, int32_t dot, float least) {
    return reaches(p, item, dot, profile_near(p, item), least);
}

/* Which of a block may have such a score, a bit each, by one look more; dots (64) of those before it, of none
 * before the first. */
static uint64_t scan_look(const ampcf_profile *p, uint32_t from, uint32_t n, uint32_t look, float least,
                          int32_t *dots) {
    static const int32_t none[SCAN_BLOCK];
    const ampcf_model *m = p->model;
    kernel_reach_rows rows = {dots, NULL, m->bias + from, m->rounded.lengths + from};
    kernel_reach_terms terms = {p->look_step, 0, p->look_adds[look], eased_for_all(m, least)};
    kernel_look(heads_look(&m->rounded.heads, from, look), p->look_row + look * LOOK_DIM,
                look > 0 ? dots : none, dots);
    p->scanned->looked += n;
    return kernel_reach_look(&rows, n, &terms);
}

/* The same by the whole rounded vectors. */
static uint64_t scan_whole(const ampcf_profile *p, uint32_t from, uint32_t n, float least) {
    const ampcf_model *m = p->model;
    const rounded_table *t = &m->rounded;
    int32_t dots[SCAN_BLOCK];
    kernel_reach_rows rows = {dots, t->scales + from, m->bias + from, t->lengths + from};
    kernel_reach_terms terms = {p->whole.step, p->whole.per_scale, p->whole.per_length,
                                eased_for_all(m, least)};
    kernel_i8_dots(rounded_row(m, from), NULL, n, p->whole_row, m->dim, dots);
    p->scanned->bounded += n;
    return kernel_reach(&rows, n, &terms);
}

/* Bit i = whether item from + i may have a score of at least `least` from vectors and bias: look by look, and
 * what is left one by one, unless that is much. Then so many blocks more go without a look, ever more of them
 * where looks do not help. */
static uint64_t scan_block(scan_walk *w, uint32_t from, uint32_t n, float least) {
    const ampcf_profile *p = w->profile;
    int32_t dots[SCAN_BLOCK];
    uint64_t left = scan_all(n);
    int looks = p->model->rounded.heads.heads && w->blind == 0;
    w->blind -= w->blind > 0;
    for (uint32_t look = 0; look < HEADS_LOOKS && looks; look++)
        if (__builtin_popcountll(left) > FEW) left &= scan_look(p, from, n, look, least, dots);
    if (__builtin_popcountll(left) > MANY) {
        if (looks) w->blind = w->longest = w->longest < MOST_BLIND ? 2 * w->longest + 1 : MOST_BLIND;
        return left & scan_whole(p, from, n, least);
    }
    if (looks) w->longest = 0;
    uint32_t at[MANY], few = 0;
    for (uint64_t rest = left; rest; rest &= rest - 1) at[few++] = from + (uint32_t)__builtin_ctzll(rest);
    whole_dots(p, at, few, dots);
    for (uint32_t i = 0; i < few; i++)
        if (!reaches(p, at[i], dots[i], NULL, least)) left &= ~((uint64_t)1 << (at[i] - from));
    return left;
}

/* The next block; 0 where there is none. */
static int open_block(scan_walk *w, float least) {
    const ampcf_model *m = w->profile->model;
    uint32_t n = scan_block_items(m, w->next);
    if (n == 0) return 0;
    int bounds = scan_prunes(w->profile) && least > -HUGE_SCORE;
    w->left = bounds ? scan_block(w, w->next, n, least) : scan_all(n);
    w->block = w->next, w->next += n;
    return 1;
}

static int is_excluded(const scan_walk *w, uint32_t item) { return w->excluded && w->excluded[item]; }

uint32_t scan_sow(const ampcf_profile *p, const uint32_t *items, uint32_t n, const uint8_t *excluded,
                  int32_t *out_dots, ampcf_ranked *out_seeds) {
    const ampcf_model *m = p->model;
    best_list best = {out_seeds, 0, SCAN_SEEDS};
    whole_dots(p, items, n, out_dots);
    for (uint32_t place = 0; place < n; place++) {
        uint32_t item = items ? items[place] : place;
        const float *near = profile_near(p, item);
        if ((excluded && excluded[item]) || (near && !items)) continue;
        float promise = m->bias[item] + m->rounded.scales[item] * (p->whole.step * (float)out_dots[place]);
        for (uint32_t k = 0; near && k < p->n_personas; k++) promise += near[k];
        best_offer(&best, (ampcf_ranked){place, promise, 0});
    }
    return best_finish(&best);
}

int scan_next_bounded(scan_walk *w, float least, uint32_t *out_item) {
    const ampcf_profile *p = w->profile;
    int prunes = scan_prunes(p);
    while (prunes && w->near < p->n_near) {
        uint32_t item = *out_item = p->near_items[w->near++];
        if (!is_excluded(w, item) && scan_bounded(p, item, profile_near(p, item), least)) return 1;
    }
    if (prunes && !w->sown) {
        int32_t dots[SCAN_SOWN];
        w->n_seeds = scan_sow(p, NULL, SCAN_SOWN, w->excluded, dots, w->seeds);
        w->sown = 1;
    }
    while (w->seed < w->n_seeds) {
        *out_item = w->seeds[w->seed++].item;
        if (scan_bounded(p, *out_item, NULL, least)) return 1;
    }
    while (w->left || open_block(w, least)) {
        if (!w->left) continue;
        uint32_t item = *out_item = w->block + (uint32_t)__builtin_ctzll(w->left);
        w->left &= w->left - 1;
        if (!is_excluded(w, item) &&
            !(prunes && (profile_near(p, item) || scan_is_seed(w->seeds, w->n_seeds, item))))
            return 1;
    }
    return 0;
}

/* The gate at cosines from c . v / |v|, where |v| is length at most and length / 1.009 at least. */
static interval gate_between(float sharpness, interval along, float length) {
    if (!(sharpness > 0)) return (interval){1, 1};
    float shortest = length / 1.01f;
    float low = gate_clamped(along.low / (along.low > 0 ? length : shortest)),
          high = gate_clamped(along.high / (along.high > 0 ? shortest : length));
    float most = smath_exp_f32(sharpness * (high - GATE_LEVEL)) * 1.00001f, fall = sharpness * (high - low);
    return (interval){fall < 1 ? most * (1 - fall) * 0.9999f : 0, most}; /* exp(-x) >= 1 - x */
}

static interval product(interval gate, interval evidence) {
    return (interval){evidence.low * (evidence.low > 0 ? gate.low : gate.high),
                      evidence.high * (evidence.high > 0 ? gate.high : gate.low)};
}

/* Of an item of length 2^-34, whose cosines may be anything, each gate is between both ends. */
static interval any_gate(float sharpness) {
    return sharpness > 0 ? (interval){0, smath_exp_f32(sharpness * (1 - GATE_LEVEL)) * 1.00001f}
                         : (interval){1, 1};
}

float scan_parts(const ampcf_profile *p, uint32_t item, float *low, float *high) {
    const ampcf_model *m = p->model;
    const float *near = profile_near(p, item);
    uint32_t leaves = p->tree.n_leaves;
    int16_t wide[AMPCF_MAX_DIM];
    int32_t dots[2 * AMPCF_MAX_LEAVES];
    float scale = m->rounded.scales[item], length = rounded_length(&m->rounded, item), bias = m->bias[item],
          sum = bias, rest = absolute(bias);
    kernel_widen_i8(rounded_row(m, item), m->dim, wide);
    kernel_i8_dots(p->form_rows, NULL, 2 * leaves, wide, m->dim, dots);
    for (uint32_t k = 0; k < p->n_personas; k++) low[k] = high[k] = near ? near[k] : 0;
    for (uint32_t k = 0; near && k < p->n_personas; k++) {
        rest += absolute(near[k]);
        low[k] -= absolute(near[k]) * rounding_of_rest, high[k] += absolute(near[k]) * rounding_of_rest;
    }
    for (uint32_t l = 0; l < leaves; l++) {
        uint32_t k = p->tree.persona_of[l];
        interval along = form_of(&p->forms[l], dots[l], scale, length),
                 gate = length > ROUNDED_SHORT ? gate_between(p->gate, along, length) : any_gate(p->gate),
                 part = product(gate, form_of(&p->forms[leaves + l], dots[leaves + l], scale, length));
        low[k] += part.low, high[k] += part.high;
    }
    for (uint32_t k = 0; k < p->n_personas; k++) sum += high[k];
    p->scanned->parted++;
    return sum + rest * rounding_of_rest;
}

void ampcf_scan_stats(const ampcf_profile *profile, ampcf_scan_counts *out_counts) {
    *out_counts = *profile->scanned;
}

/* ---- Similar items ---- */

scan_form scan_direction(const ampcf_model *m, const float *unit, int16_t *out_row) {
    scan_form form;
    double u[AMPCF_MAX_DIM] = {0};
    for (uint32_t d = 0; d < m->dim; d++) u[d] = (double)unit[d];
    form.per_length = (float)(round_row(u, m->dim, most_of_whole(m->dim), &form, out_row) + 1.0 / 4096);
    form.per_scale = hidden(m, length_of(u, m->dim));
    return form;
}

/* q . v >= least |v| for |q| = 1, where |v| is at least length / 1.009. */
uint64_t scan_similar(const ampcf_model *m, const scan_form *form, const int16_t *row, uint32_t from,
                      uint32_t n, float least) {
    const rounded_table *t = &m->rounded;
    int32_t dots[SCAN_BLOCK];
    if (!(least >= 0)) return ~(uint64_t)0;
    static const float none[SCAN_BLOCK];
    kernel_reach_rows rows = {dots, t->scales + from, none, t->lengths + from};
    kernel_reach_terms terms = {form->step, form->per_scale, form->per_length - least * 0.99f, 0};
    kernel_i8_dots(rounded_row(m, from), NULL, n, row, m->dim, dots);
    return kernel_reach(&rows, n, &terms);
}
