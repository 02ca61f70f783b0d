#include "sim/wire.h"

#include "core/form.h"

void wire_field(struct buf *b, const char *name, struct slice value)
{
    if (b->n) buf_add_char(b, '&');
    buf_add_cstr(b, name);
    buf_add_char(b, '=');
    form_encode(b, value);
}

void wire_string(struct buf *b, struct slice s)
{
    size_t plain = 0; /* start of the run that needs no escape */
    buf_add_char(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        buf_add(b, s.p + plain, i - plain);
        plain = i + 1;
        if (c == '"' || c == '\\') {
            buf_add_char(b, '\\');
            buf_add_char(b, (char)c);
        } else {
            buf_addf(b, "\\u%04x", c);
        }
    }
    if (s.n) buf_add(b, s.p + plain, s.n - plain);
    buf_add_char(b, '"');
}
