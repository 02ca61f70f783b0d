#include "store/contacts.h"

#include "base/check.h"
#include "core/cap.h"
#include "io/person_number.h"
#include "store/call.h"
#include "store/lua_scripts.h"

static const struct script sweep_script = {.name = "contacts_sweep",
                                           .parts = {&lua_contacts, &lua_contacts_sweep}};
static const struct script forget_script = {.name = "contacts_forget",
                                            .parts = {&lua_contacts, &lua_contacts_forget}};

static const struct script recent_script = {.name = "contacts_recent",
                                            .parts = {&lua_contacts, &lua_contacts_recent}};

enum { MINUTE_MS = 60000 };

void contacts_sweep(struct store *s, uint32_t buckets)
{
    struct call *c = call_begin(s, &sweep_script);
    call_key(c, "contacts");
    call_now(c);
    call_u64(c, buckets);
    call_run(c, NULL, NULL, NULL);
}

static void on_forgotten(struct call *c, const struct redisReply *reply)
{
    if (c->cb) call_back(c, contacts_cb)(c->arg, call_failed(reply, NULL));
}

void contacts_forget(struct store *s, const uint64_t *numbers, size_t n, int64_t now_ms,
                     contacts_cb *cb, void *arg)
{
    unsigned char prints[CONTACTS_FORGET_MAX * CAP_PRINT_BYTES];
    check(n <= CONTACTS_FORGET_MAX);
    for (size_t i = 0; i < n; i++)
        cap_print(numbers[i], prints + CAP_PRINT_BYTES * i);
    struct call *c = call_begin(s, &forget_script);
    call_key(c, "contacts");
    call_i64(c, now_ms / MINUTE_MS);
    call_text(c, slice_make((char *)prints, CAP_PRINT_BYTES * n));
    call_run(c, on_forgotten, cb, arg);
}

static void on_recent(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    call_back(c, contacts_recent_cb)(c->arg, r, r ? 0 : (uint32_t)redis_int(reply, 0),
                                     r ? &e : NULL);
}

void contacts_recent(struct store *s, const uint64_t *numbers, size_t n, int64_t now_ms,
                     contacts_recent_cb *cb, void *arg)
{
    unsigned char prints[CONTACTS_RECENT_MAX * CAP_PRINT_BYTES];
    check(n <= CONTACTS_RECENT_MAX);
    for (size_t i = 0; i < n; i++)
        cap_print(person_number_canonical(numbers[i]), prints + CAP_PRINT_BYTES * i);
    struct call *c = call_begin(s, &recent_script);
    call_key(c, "contacts");
    call_i64(c, now_ms / MINUTE_MS);
    call_text(c, slice_make((char *)prints, CAP_PRINT_BYTES * n));
    call_run(c, on_recent, cb, arg);
}
