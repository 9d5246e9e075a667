/* Owns what a summary may hold, stated once: condense.c saturates to it what it makes, profile.c refuses what
 * lies beyond. Must not know what the values mean. */
#ifndef AMPCF_CORE_SUMMARY_H
#define AMPCF_CORE_SUMMARY_H

#include "ampcf.h"
#include "core/format.h"

/* x within the bounds of the value at d: weight, system, preference, events, support, then the vector. What
 * this leaves as it is may stand in a summary. */
static inline float summary_bounded(uint32_t d, float x) {
    float high = d < 2 ? AMPCF_MAX_SUMMARY_WEIGHT : FORMAT_MAX_VALUE, low = d == 3  ? AMPCF_MIN_SUMMARY_EVENTS
                                                                            : d < 3 ? 0
                                                                                    : -high;
    return x > high ? high : x < low ? low : x;
}

#endif
