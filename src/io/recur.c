#include "io/recur.h"

#include <stdbool.h>

#include "io/ical_time.h"

int recur_list(const char *rule, int64_t from_local_s, int64_t after_local_s, int64_t *ret,
               size_t max, size_t *ret_n, struct err *e)
{
    struct icalrecurrencetype parsed = icalrecurrencetype_from_string(rule);
    icalrecur_iterator *it = parsed.freq == ICAL_NO_RECURRENCE
                                 ? NULL
                                 : icalrecur_iterator_new(parsed, ical_time_at(from_local_s));
    size_t n = 0;
    if (!it) return err_set(e, ERR_INVALID, "'%s' is no rule that ever comes", rule);
    while (n < max) {
        struct icaltimetype at = icalrecur_iterator_next(it);
        if (icaltime_is_null_time(at)) break;
        int64_t local_s = ical_time_clock(at);
        if (local_s >= after_local_s) ret[n++] = local_s;
    }
    icalrecur_iterator_free(it);
    *ret_n = n;
    return 0;
}
