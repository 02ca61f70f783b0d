/* Forms, queries and what is signed over them, from strangers: parsing never trips, what is encoded
 * reads back, and a signature that we make is one that we take. The input is "URL NUL body NUL
 * header". */
#include "fuzz.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "core/form.h"
#include "core/signature.h"

static void check_same(const struct form *a, const struct form *b)
{
    check(a->count == b->count);
    for (size_t i = 0; i < a->count; i++)
        check(slice_eq(a->pairs[i].name, b->pairs[i].name) &&
              slice_eq(a->pairs[i].value, b->pairs[i].value));
}

static void check_form(struct slice raw)
{
    struct arena *arena = arena_new(1 << 20);
    struct buf text = BUF_INIT(1 << 22);
    struct form form, again;
    if (form_parse(raw, arena, &form) == 0) {
        for (size_t i = 0; i < form.count; i++) {
            form_encode(&text, form.pairs[i].name);
            buf_add_cstr(&text, "=");
            form_encode(&text, form.pairs[i].value);
            buf_add_cstr(&text, "&");
        }
        check(!text.failed && form_parse(buf_slice(&text), arena, &again) == 0);
        check_same(&form, &again);
    }
    buf_done(&text);
    arena_free(arena);
}

static void check_signatures(struct slice url, struct slice body, struct slice header)
{
    struct slice key = SLICE_LIT("an unguessable key");
    char mine[SIGNATURE_HMAC_BYTES];
    check(!signature_twilio(key, url, body, true, header));
    check(!signature_twilio(key, url, body, false, header));
    check(!signature_hmac(&hmac_of_meta, key, body, header) && !signature_token(key, header));
    check(signature_hmac_make(&hmac_of_meta, key, body, mine) &&
          signature_hmac(&hmac_of_meta, key, body, slice_of(mine)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct slice rest = slice_make(data, n), url, body;
    (void)slice_cut(&rest, '\0', &url);
    (void)slice_cut(&rest, '\0', &body);
    check_form(url);
    check_form(body);
    check_signatures(url, body, rest);
    return 0;
}
