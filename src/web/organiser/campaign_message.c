#include "web/organiser/campaign_message.h"

#include "core/parts.h"
#include "flow/message.h"

#include <stdio.h>
#include <stdlib.h>

enum { NAME_BYTES = 128 };

static void is_missing(json_t **wrong, const char *name, const char *text)
{
    if (!*wrong) *wrong = json_object();
    if (!json_object_get(*wrong, name)) json_put(*wrong, name, json_string(text));
}

static json_t *base_of(const struct web_call *c)
{
    struct slice text = web_field(c, "base");
    json_t *base = text.n ? json_loadb(text.p, text.n, 0, NULL) : NULL;
    if (json_is_object(base)) return base;
    json_decref(base);
    return json_object();
}

/* Which stands in the field that each form has. */
static const char *first_language(const json_t *message, const json_t *variants)
{
    const char *usual = json_string_value(json_object_get(message, "default"));
    if (usual && json_object_get(variants, usual)) return usual;
    void *first = json_object_iter((json_t *)variants);
    return first ? json_object_iter_key(first) : "en";
}

/* The field of a further language, "text.fr"; the first one has those that each form has. */
static const char *name_of(const char *field, const char *language, const char *first,
                           char out[NAME_BYTES])
{
    if (strcmp(language, first) == 0) return field;
    (void)snprintf(out, NAME_BYTES, "%s.%s", field, language);
    return out;
}

/* ---- as it is typed ---- */

static void put_text(json_t *variant, struct slice typed, bool smart)
{
    struct buf text = BUF_INIT(MESSAGE_TEXT_BYTES_MAX), plain = BUF_INIT(MESSAGE_TEXT_BYTES_MAX);
    for (size_t i = 0; i < typed.n; i++)
        if (typed.p[i] != '\r') buf_add_char(&text, typed.p[i]);
    if (smart) parts_smart(buf_slice(&text), &plain);
    struct slice now = buf_slice(smart ? &plain : &text);
    if (!slice_eq(slice_trim(json_slice(json_object_get(variant, "text"))), now))
        json_put(variant, "text", json_text(now));
    buf_done(&text);
    buf_done(&plain);
}

/* The languages that there are; of a new message the one. */
static json_t *variants_in(json_t *message, const char *channel)
{
    json_t *variants = json_object_get(message, channel);
    if (!json_is_object(variants)) {
        variants = json_object();
        json_put(message, channel, variants);
    }
    if (json_object_size(variants) == 0)
        json_put(variants, first_language(message, variants), json_object());
    return variants;
}

static void read_texts(const struct web_call *c, json_t *message, json_t **wrong)
{
    const char *language;
    json_t *variant, *variants = variants_in(message, "sms");
    const char *first = first_language(message, variants);
    json_object_foreach(variants, language, variant)
    {
        char name[NAME_BYTES];
        struct slice typed = web_typed(c, name_of("text", language, first, name));
        if (typed.n == 0) is_missing(wrong, "text", "Write what people will read.");
        put_text(variant, typed, web_typed(c, "smart").n > 0);
    }
}

static struct slice param_text(const json_t *param)
{
    return json_slice(json_is_object(param) ? json_object_get(param, "value") : param);
}

/* One a line; what had a name in the place of that line keeps it. */
static json_t *read_params(struct slice rest, const json_t *old)
{
    json_t *params = json_array();
    struct slice line;
    while (slice_cut(&rest, '\n', &line)) {
        const json_t *was = json_array_get(old, json_array_size(params));
        line = slice_trim(line);
        if (line.n == 0) continue;
        json_t *one = json_is_object(was) ? json_deep_copy(was) : json_text(line);
        if (json_is_object(one)) json_put(one, "value", json_text(line));
        json_list_add(params, one);
    }
    return params;
}

static void read_templates(const struct web_call *c, json_t *message, json_t **wrong)
{
    const char *key;
    json_t *variant, *variants = variants_in(message, "whatsapp");
    const char *first = first_language(message, variants);
    json_object_foreach(variants, key, variant)
    {
        char at[NAME_BYTES];
        struct slice name = web_typed(c, name_of("template", key, first, at)),
                     language = web_typed(c, name_of("language", key, first, at)),
                     params = web_typed(c, name_of("params", key, first, at));
        if (name.n == 0)
            is_missing(wrong, "template",
                       "WhatsApp sends only what Meta has approved: name the template, in each "
                       "language.");
        (void)json_object_del(variant, "text");
        json_put(variant, "template", json_text(name));
        json_put(variant, "language", json_text(language.n ? language : slice_of(key)));
        json_put(variant, "params", read_params(params, json_object_get(variant, "params")));
    }
}

json_t *campaign_message_read(const struct web_call *c, bool by_template, json_t **wrong)
{
    json_t *message = base_of(c);
    if (by_template)
        read_templates(c, message, wrong);
    else
        read_texts(c, message, wrong);
    return message;
}

struct more {
    const char *field, *label;
    bool is_line;
};
static const struct more of_sms[] = {{"text", "Text", false}};
static const struct more of_whatsapp[] = {{"template", "WhatsApp template", true},
                                          {"language", "Its language", true},
                                          {"params", "What stands in its gaps, one a line", false}};

static void add_more(const struct web_call *c, json_t *list, const struct more *m,
                     const char *language, const char *first)
{
    char at[NAME_BYTES], label[NAME_BYTES];
    const char *name = name_of(m->field, language, first, at);
    (void)snprintf(label, sizeof label, "%s (%s)", m->label, language);
    json_list_add(list, json_pack("{s:s,s:s,s:o,s:b}", "name", name, "label", label, "value",
                                  json_text(web_field(c, name)), "line", m->is_line));
}

json_t *campaign_message_more(const struct web_call *c, bool by_template)
{
    const char *language;
    json_t *variant, *list = json_array(), *base = base_of(c);
    const json_t *variants = json_object_get(base, by_template ? "whatsapp" : "sms");
    const char *first = first_language(base, variants);
    const struct more *fields = by_template ? of_whatsapp : of_sms;
    size_t n = by_template ? COUNT_OF(of_whatsapp) : COUNT_OF(of_sms);
    json_object_foreach((json_t *)variants, language, variant)
    {
        for (size_t i = 0; strcmp(language, first) != 0 && i < n; i++)
            add_more(c, list, &fields[i], language, first);
    }
    json_decref(base);
    return list;
}

bool campaign_message_is_base(const struct web_call *c, const json_t *message)
{
    json_t *base = base_of(c);
    bool same = json_equal(base, message);
    json_decref(base);
    return same;
}

/* ---- as it would be typed ---- */

static void tell_template(const json_t *variant, const char *key, const char *first,
                          campaign_field_cb *cb, void *arg)
{
    size_t i;
    char name[NAME_BYTES];
    const json_t *param;
    struct buf lines = BUF_INIT(MESSAGE_TEXT_BYTES_MAX);
    json_array_foreach(json_object_get(variant, "params"), i, param)
    {
        buf_add_slice(&lines, param_text(param));
        buf_add_char(&lines, '\n');
    }
    cb(arg, name_of("template", key, first, name),
       json_slice(json_object_get(variant, "template")));
    cb(arg, name_of("language", key, first, name),
       json_slice(json_object_get(variant, "language")));
    cb(arg, name_of("params", key, first, name), buf_slice(&lines));
    buf_done(&lines);
}

void campaign_message_fields(const json_t *message, campaign_field_cb *cb, void *arg)
{
    const char *language;
    char name[NAME_BYTES];
    json_t *variant;
    const json_t *texts = json_object_get(message, "sms"),
                 *templates = json_object_get(message, "whatsapp");
    const char *first = first_language(message, texts),
               *first_template = first_language(message, templates);
    char *base = json_dumps(message, JSON_COMPACT);
    check(base);
    cb(arg, "base", slice_of(base));
    free(base);
    json_object_foreach((json_t *)texts, language, variant) cb(
        arg, name_of("text", language, first, name), json_slice(json_object_get(variant, "text")));
    json_object_foreach((json_t *)templates, language, variant)
        tell_template(variant, language, first_template, cb, arg);
}

static void add_bubbles(json_t *list, const json_t *variants)
{
    const char *language;
    json_t *variant;
    bool several = json_object_size(variants) > 1;
    json_object_foreach((json_t *)variants, language, variant)
    {
        const json_t *text = json_object_get(variant, "text");
        if (!text) text = json_object_get(variant, "template");
        json_list_add(list, json_pack("{s:s,s:o}", "language", several ? language : "", "text",
                                      json_text(json_slice(text))));
    }
}

json_t *campaign_message_bubbles(const json_t *message)
{
    json_t *list = json_array();
    add_bubbles(list, json_object_get(message, "sms"));
    add_bubbles(list, json_object_get(message, "whatsapp"));
    return list;
}
