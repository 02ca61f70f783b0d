/* muster campaign file, schedule file: what there is, as the file that makes it again. It is JSON, which YAML reads. */
#include "again.h"

#include <stdio.h>
#include <stdlib.h>

#include "campaign.h"
#include "cli/say.h"
#include "core/json.h"
#include "flow/campaign_keys.h"

enum { PATH_BYTES = 64 };

/* What only that launch could mean, or somebody has seen to for it. */
static bool is_once(const char *key)
{
    static const char *const once[] = {"start", "deadline", "confirmed"};
    return slice_index(slice_of(key), once, COUNT_OF(once)) >= 0;
}

/* One text for SMS, whatever its language is called; NULL: more than that. Borrowed. */
static json_t *only_text(const json_t *message)
{
    const json_t *sms = json_object_get(message, "sms");
    if (json_object_get(message, "whatsapp") || json_object_size(sms) != 1) return NULL;
    const char *language = json_object_iter_key(json_object_iter((json_t *)sms));
    json_t *text = json_object_get(json_object_get(sms, language), "text");
    return strcmp(language, "en") == 0 && json_is_string(text) ? text : NULL;
}

static void copy(json_t *to, const json_t *from, const char *key)
{
    json_t *value = json_object_get(from, key);
    if (value && !json_is_null(value)) json_put(to, key, json_incref(value));
}

static void put_message(json_t *file, const json_t *message)
{
    static const char *const in_template[] = {"default", "sms", "whatsapp"};
    json_t *text = only_text(message);
    if (text) {
        json_put(file, "text", json_incref(text));
    } else {
        json_t *whole = json_object();
        for (size_t i = 0; i < COUNT_OF(in_template); i++)
            copy(whole, message, in_template[i]);
        json_put(file, "template", whole);
    }
    copy(file, message, "show");
    copy(file, message, "suggestions");
}

json_t *campaign_again(const json_t *body)
{
    json_t *file = json_object();
    for (size_t i = 0; i < CAMPAIGN_KEYS_COUNT; i++)
        if (campaign_keys[i].where & CAMPAIGN_IN_FILE && !is_once(campaign_keys[i].name))
            copy(file, body, campaign_keys[i].name);
    put_message(file, json_object_get(body, "message"));
    return file;
}

void campaign_again_print(const json_t *file)
{
    char *text = json_dumps(file, JSON_INDENT(2));
    check(text);
    (void)puts(text);
    free(text);
}

static void print_file(const struct verb_call *c, const json_t *body)
{
    json_t *file = campaign_again(body);
    campaign_again_print(file);
    json_decref(file);
    verb_note(
        c, "a name is used once: give it another before you launch it. Its start and deadline are "
           "left out");
}

int campaign_file_of(struct verb_call *c)
{
    char path[PATH_BYTES];
    struct err e;
    uint32_t id;
    json_t *reply = NULL;
    if (!campaign_id(c, &id)) return EXIT_USAGE;
    (void)snprintf(path, sizeof path, "/api/v1/campaigns/%u/body", id);
    int r = verb_ask(c, "GET", path, NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_file);
}
