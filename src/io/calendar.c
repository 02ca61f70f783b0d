#include "io/calendar.h"

#include <time.h>

#include <libical/ical.h>

static struct icaltimetype utc(int64_t ms)
{
    return icaltime_from_timet_with_zone((time_t)(ms / 1000), 0, icaltimezone_get_utc_timezone());
}

static void say(icalcomponent *to, const char *text, icalproperty *(*property)(const char *))
{
    if (text && *text) icalcomponent_add_property(to, property(text));
}

static icalcomponent *event_of(const struct calendar_event *e)
{
    icalcomponent *event = icalcomponent_new(ICAL_VEVENT_COMPONENT);
    say(event, e->uid, icalproperty_new_uid);
    icalcomponent_add_property(event, icalproperty_new_dtstamp(utc(e->now_ms)));
    icalcomponent_add_property(event, icalproperty_new_dtstart(utc(e->start_ms)));
    icalcomponent_add_property(event, icalproperty_new_dtend(utc(e->end_ms)));
    say(event, e->title, icalproperty_new_summary);
    say(event, e->where, icalproperty_new_location);
    say(event, e->about, icalproperty_new_description);
    say(event, e->url, icalproperty_new_url);
    icalproperty_status status = e->is_cancelled ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED;
    icalcomponent_add_property(event, icalproperty_new_status(status));
    return event;
}

void calendar_write(const struct calendar_event *event, struct buf *out)
{
    icalcomponent *calendar = icalcomponent_new(ICAL_VCALENDAR_COMPONENT);
    icalcomponent_add_property(calendar, icalproperty_new_version("2.0"));
    icalcomponent_add_property(calendar, icalproperty_new_prodid("-//Muster//EN"));
    icalcomponent_add_component(calendar, event_of(event));
    char *text = icalcomponent_as_ical_string_r(calendar);
    check(text);
    buf_add_cstr(out, text);
    icalmemory_free_buffer(text);
    icalcomponent_free(calendar);
}
