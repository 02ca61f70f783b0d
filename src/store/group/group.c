#include "store/group.h"

#include <inttypes.h>
#include <stdlib.h>

#include <jansson.h>

#include "base/map.h"
#include "core/json.h"
#include "store/call.h"
#include "store/follow.h"
#include "store/lua_scripts.h"
#include "store/told_keeper.h"

static const struct script change_script = {
    .name = "group_change",
    .parts = {&lua_follow_changed, &lua_audit, &lua_mark, &lua_taken, &lua_group_change},
    .told = told_taken_last};
static const struct script remove_script = {
    .name = "group_remove", .parts = {&lua_follow_changed, &lua_audit, &lua_group_remove}};

struct group {
    struct group_info info; /* its texts are the record's */
    char *name;             /* owned */
    json_t *record;         /* owned */
    const char *gateways[GROUP_GATEWAYS_MAX], *lends[GROUP_LENDS_MAX], *senders[GROUP_SENDERS_MAX],
        *stop_words[GROUP_STOP_WORDS_MAX];
    uint32_t twins[GROUP_TWINS_MAX];
};

struct groups {
    struct store *store;
    struct follow *follow;
    struct map *by_name; /* → struct group */
    uint64_t version;
};

/* ---- the copy ---- */

static void group_free(struct group *one)
{
    if (!one) return;
    json_decref(one->record);
    free(one->name);
    free(one);
}

static size_t read_names(const struct group *one, const char *key, const char **out, size_t max)
{
    const json_t *list = json_object_get(one->record, key);
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(list) && n < max; i++) {
        const char *name = json_string_value(json_array_get(list, i));
        if (name) out[n++] = name;
    }
    return n;
}

/* `twin` is the first of `twins`. A process of before there were several writes only `twin`: then that is the one. */
static void read_twins(struct group *one)
{
    const json_t *list = json_object_get(one->record, "twins"),
                 *first = json_object_get(one->record, "twin");
    size_t n = 0;
    if (json_integer_value(json_array_get(list, 0)) == json_integer_value(first))
        for (; n < json_array_size(list) && n < GROUP_TWINS_MAX; n++)
            one->twins[n] = (uint32_t)json_integer_value(json_array_get(list, n));
    else
        one->twins[n++] = (uint32_t)json_integer_value(first);
    one->info.twins = one->twins;
    one->info.twin_count = n;
}

static void read_lists(struct group *one)
{
    read_twins(one);
    one->info.gateways = one->gateways;
    one->info.gateway_count = read_names(one, "gateways", one->gateways, GROUP_GATEWAYS_MAX);
    one->info.senders = one->senders;
    one->info.sender_count = read_names(one, "senders", one->senders, GROUP_SENDERS_MAX);
    one->info.stop_words = one->stop_words;
    one->info.stop_word_count =
        read_names(one, "stop_words", one->stop_words, GROUP_STOP_WORDS_MAX);
    one->info.lends = one->lends;
    one->info.lends_count = read_names(one, "lends", one->lends, GROUP_LENDS_MAX);
}

/* What cannot be read is a group of which nothing is said. */
static struct group *group_new(struct slice name, struct slice text)
{
    struct group *one = xcalloc(1, sizeof *one);
    one->name = slice_strdup(name);
    one->record = json_loadb(text.p, text.n, 0, NULL);
    if (!json_is_object(one->record)) {
        json_decref(one->record);
        one->record = json_object();
    }
    const json_t *record = one->record;
    one->info = (struct group_info){
        .name = one->name,
        .title = json_cstr_at(record, "title"),
        .country = json_cstr_at(record, "country"),
        .zone = json_cstr_at(record, "zone"),
        .language = json_cstr_at(record, "language"),
        .hours = json_cstr_at(record, "hours"),
        .month_budget = json_cstr_at(record, "month_budget"),
        .stop_confirmation = json_cstr_at(record, "stop_confirmation"),
        .help_answer = json_cstr_at(record, "help_answer"),
        .pledge_gateway = json_cstr_at(record, "pledge_gateway"),
        .answer_within =
            (uint32_t)json_integer_value(json_object_get(record, "answer_within_minutes")),
        .helps = json_is_true(json_object_get(record, "helps")),
        .created_ms = (int64_t)json_number_value(json_object_get(record, "created")),
    };
    read_lists(one);
    return one;
}

static void take(void *arg, size_t hash, struct slice name, struct slice record)
{
    struct groups *g = arg;
    (void)hash;
    g->version++;
    group_free(map_del(g->by_name, name));
    if (!record.p) return;
    struct group *one = group_new(name, record);
    (void)map_put(g->by_name, slice_of(one->name), one);
}

struct groups *groups_new(struct loop *l, struct store *s)
{
    struct groups *g = xcalloc(1, sizeof *g);
    const struct follow_config config = {.loop = l,
                                         .store = s,
                                         .stream = "group:changes",
                                         .hashes = {"group:info"},
                                         .take = take,
                                         .arg = g};
    g->store = s;
    g->by_name = map_new();
    g->follow = follow_new(&config);
    return g;
}

void groups_free(struct groups *g)
{
    if (!g) return;
    follow_free(g->follow);
    size_t pos = 0;
    struct slice name;
    void *one;
    while (map_next(g->by_name, &pos, &name, &one))
        group_free(one);
    map_free(g->by_name);
    free(g);
}

bool groups_are_read(const struct groups *g)
{
    return follow_is_read(g->follow);
}

uint64_t groups_version(const struct groups *g)
{
    return g->version;
}

/* ---- asking it ---- */

const struct group_info *groups_find(const struct groups *g, struct slice name)
{
    const struct group *one = g && name.n ? map_get(g->by_name, name) : NULL;
    return one ? &one->info : NULL;
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const struct group_info *const *)a)->name,
                  (*(const struct group_info *const *)b)->name);
}

const struct group_info **groups_list(const struct groups *g, const struct group_set *reach,
                                      size_t *ret_n)
{
    const struct group_info **list = xcalloc(g ? map_count(g->by_name) + 1 : 1, sizeof *list);
    size_t pos = 0, n = 0;
    struct slice name;
    void *one;
    while (g && map_next(g->by_name, &pos, &name, &one))
        if (group_set_has(reach, name)) list[n++] = &((const struct group *)one)->info;
    if (n > 1) qsort(list, n, sizeof *list, by_name);
    *ret_n = n;
    return list;
}

bool groups_may_use(const struct groups *g, struct slice group, struct slice gateway)
{
    const struct group_info *info = groups_find(g, group);
    return !info || info->gateway_count == 0 ||
           slice_index(gateway, info->gateways, info->gateway_count) >= 0;
}

int64_t groups_target_ms(const struct groups *g, struct slice group, int64_t campaign_ms,
                         int64_t usual_ms)
{
    const struct group_info *info = groups_find(g, group);
    if (campaign_ms) return campaign_ms;
    return info && info->answer_within ? info->answer_within * INT64_C(60000) : usual_ms;
}

void groups_targets(const struct groups *g, const struct group_set *reach, struct buf *out)
{
    size_t pos = 0;
    struct slice name;
    void *v;
    while (g && map_next(g->by_name, &pos, &name, &v)) {
        const struct group_info *info = &((const struct group *)v)->info;
        if (info->answer_within && group_set_has(reach, name))
            buf_addf(out, "%s=%" PRId64 " ", info->name, info->answer_within * INT64_C(60000));
    }
}

/* ---- changing ---- */

struct changing {
    store_done_cb *cb;
    void *arg;
};

/* It is done, whatever the copy says. */
static void on_caught_up(void *arg, int result, const struct err *e)
{
    (void)result, (void)e;
    struct changing c = *(struct changing *)arg;
    free(arg);
    c.cb(c.arg, 0, NULL);
}

static int read_reply(const struct redisReply *reply, struct err *e)
{
    int r = call_failed(reply, e);
    if (r || call_says(reply, "ok")) return r;
    if (call_says(reply, "exists"))
        return err_set(e, ERR_EXISTS, "there is a group of that name already");
    if (call_says(reply, "full"))
        return err_set(e, ERR_CONFLICT, "there are %d groups; more there cannot be", GROUPS_MAX);
    if (call_says(reply, "has"))
        return err_set(e, ERR_CONFLICT, "the group still has %.*s: only an empty one goes",
                       SLICE_ARG(redis_str(redis_at(reply, 1))));
    return err_set(e, ERR_NOT_FOUND, "there is no group of that name");
}

static void on_changed(struct call *c, const struct redisReply *reply)
{
    struct err e;
    struct groups *g = *(struct groups *const *)call_kept(c);
    int r = read_reply(reply, &e);
    if (r < 0) {
        call_back(c, store_done_cb)(c->arg, r, &e);
        return;
    }
    struct changing *w = xmalloc(sizeof *w);
    *w = (struct changing){call_back(c, store_done_cb), c->arg};
    follow_catch_up(g->follow, on_caught_up, w);
}

static struct call *begin(struct groups *g, const struct script *script, struct slice name,
                          struct deed deed)
{
    struct call *c = call_begin(g->store, script);
    call_lasts(c);
    call_keep(c, g);
    call_prefix(c);
    call_i64(c, deed.at_ms);
    call_text(c, deed.who);
    call_text(c, name);
    return c;
}

/* Field and value as JSON; value is taken. */
static void add_field(struct call *c, const char *field, json_t *value, json_t *texts)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    check(text);
    json_t *kept = json_string(text); /* the call borrows until it runs */
    json_list_add(texts, kept);
    call_str(c, field);
    call_str(c, json_string_value(kept));
    free(text);
    json_decref(value);
}

static void add_text(struct call *c, const char *field, struct slice value, json_t *texts)
{
    if (value.p) add_field(c, field, json_text(value), texts);
}

static json_t *names_json(const struct slice *names, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_list_add(list, json_text(names[i]));
    return list;
}

void groups_change(struct groups *g, const struct group_change *change, struct deed deed,
                   store_done_cb *cb, void *arg)
{
    json_t *texts = json_array();
    struct call *c = begin(g, &change_script, change->name, deed);
    call_str(c, change->is_new ? "new" : "change");
    call_u64(c, GROUPS_MAX);
    add_text(c, "title", change->title, texts);
    add_text(c, "country", change->country, texts);
    add_text(c, "zone", change->zone, texts);
    add_text(c, "language", change->language, texts);
    add_text(c, "hours", change->hours, texts);
    add_text(c, "month_budget", change->month_budget, texts);
    add_text(c, "stop_confirmation", change->stop_confirmation, texts);
    add_text(c, "help_answer", change->help_answer, texts);
    add_text(c, "pledge_gateway", change->pledge_gateway, texts);
    if (change->gateways_said)
        add_field(c, "gateways", names_json(change->gateways, change->gateway_count), texts);
    if (change->senders_said)
        add_field(c, "senders", names_json(change->senders, change->sender_count), texts);
    if (change->stop_words_said)
        add_field(c, "stop_words", names_json(change->stop_words, change->stop_word_count), texts);
    if (change->twins_said) {
        add_field(c, "twins", json_ids(change->twins, change->twin_count), texts);
        add_field(c, "twin", json_integer(change->twin_count ? change->twins[0] : 0), texts);
    }
    if (change->answer_within_said)
        add_field(c, "answer_within_minutes", json_integer(change->answer_within), texts);
    if (change->helps_said) add_field(c, "helps", json_boolean(change->helps), texts);
    if (change->lends_said)
        add_field(c, "lends", names_json(change->lends, change->lends_count), texts);
    call_run(c, on_changed, cb, arg);
    json_decref(texts);
}

void groups_remove(struct groups *g, struct slice name, struct deed deed, store_done_cb *cb,
                   void *arg)
{
    call_run(begin(g, &remove_script, name, deed), on_changed, cb, arg);
}
