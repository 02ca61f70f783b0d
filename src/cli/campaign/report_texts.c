/* What a campaign says, and what it said before it was changed, to how many people. */
#include "campaign.h"

#include <stdio.h>

#include "cli/say.h"
#include "core/json.h"

enum { PATH_BYTES = 64 };

/* What stands beside the channels is none. */
void campaign_print_message(const json_t *message)
{
    const char *channel, *language;
    json_t *languages, *one;
    json_object_foreach((json_t *)message, channel, languages)
    {
        json_object_foreach(languages, language, one)
        {
            const char *text = say_string(one, "text");
            (void)fputs("    | ", stdout);
            say_lines(stdout, *text ? text : say_string(one, "template"), "    | ");
            (void)puts("");
        }
    }
}

void campaign_print_texts(struct verb_call *c, uint32_t id)
{
    char path[PATH_BYTES], when[SAY_TIME_BYTES], people[SAY_COUNT_BYTES];
    struct err ignored; /* the report stands without them */
    json_t *reply = NULL;
    const json_t *one;
    size_t i;
    (void)snprintf(path, sizeof path, "/api/v1/campaigns/%u/texts", id);
    if (verb_ask(c, "GET", path, NULL, &reply, &ignored) < 0) return;
    json_array_foreach(json_object_get(reply, "texts"), i, one)
    {
        (void)printf("  until %s, when ", say_when(say_string(one, "until"), when));
        say_text(stdout, say_string(one, "changed_by"));
        (void)printf(" changed it, %s got:\n", say_people(say_int(one, "people"), people));
        campaign_print_message(json_object_get(one, "message"));
    }
    json_decref(reply);
    reply = NULL;
    (void)snprintf(path, sizeof path, "/api/v1/campaigns/%u/body", id);
    if (verb_ask(c, "GET", path, NULL, &reply, &ignored) < 0) return;
    (void)puts("  it says:");
    campaign_print_message(json_object_get(reply, "message"));
    json_decref(reply);
}
