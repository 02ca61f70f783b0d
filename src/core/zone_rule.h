#pragma once
/* The footer of a TZif file: a POSIX TZ rule ("GMT0BST,M3.5.0/1,M10.5.0") with the extension of RFC
 * 9636 that a change may be up to a week off its day. */
#include "base/slice.h"

enum { ZONE_OFFSET_S_MAX = 26 * 3600 };

enum zone_day { ZONE_DAY_MONTH, ZONE_DAY_JULIAN, ZONE_DAY_OF_YEAR };

struct zone_change {
    enum zone_day kind;
    int month, week, day; /* month and week of ZONE_DAY_MONTH only; day: 0 = Sunday there */
    int32_t time_s;       /* of the local clock before the change, from midnight */
};

struct zone_rule {
    int32_t standard_s, summer_s; /* local time minus UTC */
    bool has_summer;
    struct zone_change to_summer, to_standard;
};

/* As POSIX writes it: "GMT0BST,M3.5.0/1,M10.5.0". False: it is none. */
bool zone_rule_parse(struct slice text, struct zone_rule *ret);
/* As zone_offset_s. */
int32_t zone_rule_offset_s(const struct zone_rule *r, int64_t at_s, int64_t *ret_until_s);
