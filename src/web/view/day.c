#include "web/view/view.h"

#include "flow/alarm.h"
#include "store/day_record.h"

static json_t *column_json(const struct day_minute *list, size_t n, enum day_column column)
{
    json_t *o = json_array();
    for (size_t i = 0; i < n; i++)
        json_list_add(o, list[i].is_known ? json_integer(list[i].n[column]) : json_null());
    return o;
}

static json_t *alarms_then_json(const struct day_minute *m)
{
    json_t *o = json_array();
    for (int i = 0; i < ALARM_COUNT; i++)
        if (m->alarms & 1U << i) json_list_add(o, json_string(alarm_to_string((enum alarm)i)));
    return o;
}

json_t *view_day_record(int64_t from_ms, const struct day_minute *list, size_t n)
{
    json_t *o = json_object(), *alarms = json_array();
    json_put_time(o, "from", from_ms);
    for (int i = 0; i < DAY_COLUMN_COUNT; i++)
        json_put(o, day_column_to_string((enum day_column)i),
                 column_json(list, n, (enum day_column)i));
    for (size_t i = 0; i < n; i++)
        json_list_add(alarms, list[i].is_known ? alarms_then_json(&list[i]) : json_null());
    json_put(o, "alarms", alarms);
    return o;
}
