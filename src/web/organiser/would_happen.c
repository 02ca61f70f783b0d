#include "web/organiser/would_happen.h"

#include "web/organiser/campaign_words.h"
#include "web/local_time.h"
#include "web/page_words.h"

#include <stdlib.h>

static void put_left_out(json_t *data, const json_t *report)
{
    static const struct {
        const char *key, *words;
    } reasons[] = {{"suppressed", "opted out since the list came in"},
                   {"texted_enough", "our campaigns have texted them often enough"},
                   {"held", "wrote something that sounds like STOP; a volunteer has to decide"},
                   {"unagreed", "have not agreed to it, or are too young"}};
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT_OF(reasons); i++) {
        const json_t *n = json_object_get(report, reasons[i].key);
        if (json_integer_value(n) > 0)
            json_list_add(list,
                          json_pack("{s:o,s:s}", "n", words_count(n), "words", reasons[i].words));
    }
    json_put(data, "left_out", list);
}

/* The only thing that somebody may launch it in spite of. */
static bool is_too_late(const json_t *report)
{
    const json_t *errors = json_object_get(report, "errors");
    const json_t *code = json_object_get(json_array_get(errors, 0), "code");
    return json_array_size(errors) == 1 && slice_is(json_slice(code), "too_late");
}

/* What only whoever launches can know, with a button each. */
static void put_questions(json_t *data, const json_t *report)
{
    size_t i;
    const json_t *one;
    json_t *list = json_array();
    json_array_foreach(json_object_get(report, "findings"), i, one)
    {
        struct slice level = json_slice(json_object_get(one, "level"));
        if (!json_is_true(json_object_get(one, "confirm")) || slice_is(level, "note")) continue;
        char *words = page_words(json_slice(json_object_get(one, "message")), NULL);
        json_list_add(list, json_pack("{s:O,s:o}", "rule", json_object_get(one, "rule"), "question",
                                      json_text(slice_of(words))));
        free(words);
    }
    json_put(data, "questions", list);
}

void would_happen_put(const struct web_call *c, json_t *data, const json_t *report)
{
    char at[LOCAL_TIME_BYTES], early[LOCAL_TIME_BYTES], late[LOCAL_TIME_BYTES];
    const json_t *finish = json_object_get(report, "finish");
    json_put(data, "ok", json_boolean(json_is_true(json_object_get(report, "ok"))));
    json_put(data, "too_late", json_boolean(is_too_late(report)));
    json_put(data, "may_exempt",
             json_boolean(json_integer_value(json_object_get(report, "texted_enough")) > 0 &&
                          access_may_everywhere(c->member, MAY_LAUNCH_CAMPAIGNS)));
    words_put_findings(c, data, json_object_get(report, "findings"));
    if (json_is_string(json_object_get(report, "approval")))
        json_put(data, "approval", json_incref(json_object_get(report, "approval")));
    put_questions(data, report);
    json_put(data, "recipients", words_count(json_object_get(report, "recipients")));
    json_put(data, "parts_total", words_count(json_object_get(report, "parts_total")));
    json_put(data, "one_part",
             json_boolean(json_integer_value(json_object_get(report, "parts_total")) == 1));
    json_put(data, "price", words_price(json_object_get(report, "price")));
    json_put(data, "hours", json_incref(json_object_get(report, "hours")));
    local_time_show_iso(c, json_object_get(report, "start"), at);
    json_put(data, "start", json_string(*at ? at : "at once"));
    local_time_soon_iso(c, json_object_get(finish, "early"), early);
    local_time_soon_iso(c, json_object_get(finish, "late"), late);
    json_put(data, "early", json_string(early));
    json_put(data, "late", json_string(late));
    local_time_soon_iso(c, json_object_get(finish, "at"), at);
    json_put(data, "finish", json_string(at));
    json_put(data, "is_range", json_boolean(strcmp(early, late) != 0));
    if (*at)
        json_put(data, "takes",
                 words_duration(json_integer_value(json_object_get(finish, "seconds"))));
    put_left_out(data, report);
}
