/* The keys as people are told of them. */
#include "config/document.h"

#include <stdio.h>

#include "keys.h"

enum { PATH_BYTES = 128, VALUE_BYTES = 160 };

const char *config_words(const char *const *words, char *out, size_t bytes)
{
    size_t used = 0;
    for (size_t i = 0; words[i] && used < bytes; i++) {
        const char *before = i == 0 ? "" : words[i + 1] ? ", " : " or ";
        used += (size_t)snprintf(out + used, bytes - used, "%s%s", before, words[i]);
    }
    return out;
}

/* A rule says what it wants when it gets what none takes. */
static const char *shape_of_text(const struct config_key *k)
{
    const char *expected = k->rule ? k->rule("\n") : NULL;
    return expected ? expected : "text";
}

static void add_value(struct buf *out, const struct config_key *k)
{
    char words[VALUE_BYTES];
    switch (k->kind) {
    case KEY_TEXT:
        buf_add_cstr(out, shape_of_text(k));
        break;
    case KEY_WORD:
    case KEY_ENUM:
        buf_add_cstr(out, config_words(k->words, words, sizeof words));
        break;
    case KEY_INT:
        buf_addf(out, "whole number, %.0f to %.0f", k->min, k->max);
        break;
    case KEY_NUMBER:
        buf_addf(out, "number, %g to %g", k->min, k->max);
        break;
    case KEY_BOOL:
        buf_add_cstr(out, "true or false");
        break;
    case KEY_SECTION:
    case KEY_OWN:
        buf_add_cstr(out, k->shape ? k->shape : "section");
        break;
    }
}

static void add_default(struct buf *out, const struct config_key *k)
{
    if (k->kind == KEY_SECTION) return;
    if (k->kind == KEY_INT || k->kind == KEY_NUMBER)
        buf_addf(out, "`%.0f`", k->number);
    else if (k->kind == KEY_BOOL)
        buf_add_cstr(out, k->number != 0 ? "`true`" : "`false`");
    else if (k->text)
        buf_addf(out, "`%s`", *k->text ? k->text : "\"\"");
    else
        buf_add_cstr(out, "required");
}

static void add_keys(struct buf *out, const char *prefix, const struct config_key *k)
{
    for (; k->name; k++) {
        char path[PATH_BYTES];
        buf_addf(out, "| `%s%s` | ", prefix, k->name);
        add_value(out, k);
        buf_add_cstr(out, " | ");
        add_default(out, k);
        buf_addf(out, " | %s |\n", k->help);
        (void)snprintf(path, sizeof path, "%s%s.%s", prefix, k->name,
                       k->kind == KEY_OWN ? "*." : "");
        if (k->keys) add_keys(out, path, k->keys);
    }
}

void config_document(struct buf *out)
{
    buf_add_cstr(out, "| key | value | default | what |\n|---|---|---|---|\n");
    add_keys(out, "", config_keys);
}
