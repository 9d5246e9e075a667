/* Owns what a summary may hold, stated once: condense.c saturates to it what it makes, profile.c refuses what
 * lies beyond. Must not know what the values mean. */
#ifndef AMPCF_CORE_SUMMARY_H
#define AMPCF_CORE_SUMMARY_H

#include "ampcf.h"
#include "core/format.h"

typedef struct summary_range {
    float low, high;
} summary_range;

/* Of the value at d of a summary. */
static inline summary_range summary_range_of(uint32_t d) {
    static const summary_range head[AMPCF_SUMMARY_HEAD] = {
        {0, AMPCF_MAX_SUMMARY_WEIGHT},
        {0, AMPCF_MAX_SUMMARY_WEIGHT * FORMAT_MAX_VALUE},
        {0, FORMAT_MAX_VALUE},
        {AMPCF_MIN_SUMMARY_EVENTS, AMPCF_MAX_SUMMARY_EVENTS},
        {-FORMAT_MAX_VALUE, FORMAT_MAX_VALUE},
    };
    /* The vector keeps the bound of item vectors, as the support does. */
    return head[d < AMPCF_SUMMARY_HEAD ? d : AMPCF_SUMMARY_HEAD - 1];
}

static inline int summary_takes(uint32_t d, float x) {
    summary_range range = summary_range_of(d);
    return x >= range.low && x <= range.high;
}

static inline float summary_saturated(uint32_t d, float x) {
    summary_range range = summary_range_of(d);
    return x > range.high ? range.high : x < range.low ? range.low : x;
}

#endif
