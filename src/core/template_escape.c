/* Escaping for the places that a value can land in. Runs of harmless bytes are copied whole: most
 * values hold nothing to escape. */
#include "core/form.h"
#include "template_internal.h"

#include "core/form.h"

static const char *const mode_names[] = {
#define X(name, text) [name] = text,
    TEMPLATE_ESCAPE_TABLE(X)
#undef X
};

const char *template_escape_to_string(enum template_escape escape)
{
    check((size_t)escape < COUNT_OF(mode_names));
    return mode_names[escape];
}

bool template_escape_from_string(const char *s, enum template_escape *ret_escape)
{
    for (size_t i = 0; i < COUNT_OF(mode_names); i++) {
        if (strcmp(s, mode_names[i]) != 0) continue;
        *ret_escape = (enum template_escape)i;
        return true;
    }
    return false;
}

static bool html_safe(unsigned char c)
{
    return c != '&' && c != '<' && c != '>' && c != '"' && c != '\'';
}

static bool json_safe(unsigned char c)
{
    return c >= 0x20 && c != '"' && c != '\\';
}

static void html_add(struct buf *out, unsigned char c)
{
    switch (c) {
    case '&':
        buf_add_cstr(out, "&amp;");
        return;
    case '<':
        buf_add_cstr(out, "&lt;");
        return;
    case '>':
        buf_add_cstr(out, "&gt;");
        return;
    case '"':
        buf_add_cstr(out, "&quot;");
        return;
    default:
        buf_add_cstr(out, "&#39;");
        return;
    }
}

static const char hex_digits[] = "0123456789ABCDEF";

static void json_add(struct buf *out, unsigned char c)
{
    switch (c) {
    case '"':
        buf_add_cstr(out, "\\\"");
        return;
    case '\\':
        buf_add_cstr(out, "\\\\");
        return;
    case '\b':
        buf_add_cstr(out, "\\b");
        return;
    case '\f':
        buf_add_cstr(out, "\\f");
        return;
    case '\n':
        buf_add_cstr(out, "\\n");
        return;
    case '\r':
        buf_add_cstr(out, "\\r");
        return;
    case '\t':
        buf_add_cstr(out, "\\t");
        return;
    default:
        break;
    }
    const char code[6] = {'\\', 'u', '0', '0', hex_digits[c >> 4], hex_digits[c & 15]};
    buf_add(out, code, sizeof code);
}

static void add_escaped(struct buf *out, struct slice text, bool (*safe)(unsigned char),
                        void (*add)(struct buf *, unsigned char))
{
    size_t done = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (safe(c)) continue;
        buf_add(out, text.p + done, i - done);
        add(out, c);
        done = i + 1;
    }
    if (done < text.n) buf_add(out, text.p + done, text.n - done);
}

void template_escape_add(struct buf *out, struct slice text, enum template_escape escape)
{
    switch (escape) {
    case TEMPLATE_ESCAPE_NONE:
        buf_add_slice(out, text);
        return;
    case TEMPLATE_ESCAPE_HTML:
        add_escaped(out, text, html_safe, html_add);
        return;
    case TEMPLATE_ESCAPE_URL:
        form_encode(out, text);
        return;
    case TEMPLATE_ESCAPE_JSON:
        add_escaped(out, text, json_safe, json_add);
        return;
    }
    check(!"an escape mode of the table");
}
