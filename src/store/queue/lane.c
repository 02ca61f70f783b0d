#include "store/queue.h"

static const char *const lane_names[LANE_COUNT] = {
#define X(name, text) [name] = text,
    LANE_TABLE(X)
#undef X
};

const char *lane_to_string(enum lane lane)
{
    check((unsigned)lane < LANE_COUNT);
    return lane_names[lane];
}

double lane_weight(enum lane lane)
{
    static const double weights[LANE_COUNT] = {
        [LANE_REPLY] = 1, [LANE_REMINDER] = 3, [LANE_BLAST] = 1};
    return weights[lane];
}

bool lane_from_string(struct slice s, enum lane *ret_lane)
{
    int i = slice_index(s, lane_names, LANE_COUNT);
    if (i >= 0) *ret_lane = (enum lane)i;
    return i >= 0;
}
