/* What a group has is its own: an organiser and a volunteer of the group "leeds" try every row of web
 * (web/route.h) that has to do with groups on the things of the group "south". They are not there for
 * them, and nothing changes. A row that is new is tried, too; where this file does not know how, it
 * says so. Then the owner does the same, so that no try is refused for another reason. */
#include <ctype.h>
#include <string.h>

#include "api_world.h"
#include "core/access.h"
#include "web/route.h"

/* Each of a group's things has the group's name in its own. */
static struct things {
    json_int_t audience, campaign, conversation, webhook, person, schedule, place, session, pledge,
        suggestion, loan, rehearsal;
    char shift[64], token[64], template[96]; /* the last with whose it is */
} leeds, south;
static char south_batch[64]; /* of opt-outs */

/* What stands in a path instead of {…}: by the part of the path before it. */
static const struct place {
    const char *before, *param;
    const json_int_t *id; /* NULL: the text */
    const char *text;
} places[] = {
    {"/audiences/", "id", &south.audience, NULL},
    {"/campaigns/", "id", &south.campaign, NULL},
    {"/conversations/", "id", &south.conversation, NULL},
    {"/inbox/", "id", &south.conversation, NULL},
    {"/lists/", "id", &south.audience, NULL},
    {"/schedules/", "id", &south.schedule, NULL},
    {"/rehearsals/", "id", &south.rehearsal, NULL},
    {"/places/", "id", &south.place, NULL},
    {"/place-sessions/", "id", &south.session, NULL},
    {"/sessions/", "id", &south.session, NULL},
    {"/pledges/", "pledge", &south.pledge, NULL},
    {"/people/", "pledge", &south.pledge, NULL},
    {"/imports/", "import", NULL, "south"},
    {"/loans/", "id", &south.loan, NULL},
    {"/law/", "id", NULL, "66"}, /* cannot be off; that it is about south says the body */
    {"/tags/", "tag", NULL, "ours?group=south"},
    {"/webhooks/", "id", &south.webhook, NULL},
    {"/suppressions/", "scope", NULL, "south"},
    {"/export/", "scope", NULL, "south"},
    {"/suppression-batches/", "batch", NULL, south_batch},
    {"/groups/", "name", NULL, "south"},
    {"/suggestions/", "id", &south.suggestion, NULL},
    {"/templates/", "template", NULL, south.template},
    {"/south/", "number", NULL, "%2B447700900555"},
    {"/consents/", "number", NULL, "%2B447700900888"},
    {"/people/", "id", &south.person, NULL},
    {"/shift/", "code", NULL, south.shift},
    {"/shifts/", "code", NULL, south.shift},
    {"/tokens/", "token", NULL, south.token},
};

/* These are nobody's: a row that has no other param is about no thing of a group. */
static const char *const nobodys[] = {"number", "gateway", "country", "consent"};

#define MESSAGE                                                                                    \
    "\"gateway\":\"main\",\"message\":{\"sms\":{\"en\":{\"text\":\"Hi, Example Movement. STOP to " \
    "end\"}}}"
#define CAMPAIGN "{\"name\":\"theirs\",\"audience\":\"%A\"," MESSAGE

#define TEMPLATE                                                                                   \
    "\"name\":\"theirs\",\"gateway\":\"wa\",\"template\":\"ask_again\",\"language\":\"en_GB\","    \
    "\"text\":\"Hi\""

/* What to send, where {} is refused whoever sends it. %A, %C and %P: south's audience,
 * campaign and place.
 * owner: what they are answered, if it is no success and no conflict. */
enum { ANYTHING = -1 }; /* it takes what this file does not make: that others get none is tried */
static const struct attempt {
    const char *row, *body;
    int owner;
    bool silent; /* nothing is there, and that is a success */
} tries[] = {
    {"POST /api/v1/audiences", "{\"name\":\"theirs\",\"group\":\"south\"}", 0, false},
    {"POST /api/v1/audiences/{id}/rows",
     "{\"seq\":0,\"rows\":[[\"+447700900777\",\"Ann\",\"York\"]]}", 0, false},
    {"POST /api/v1/audiences/{id}/loans",
     "{\"to\":\"east\",\"until\":\"2026-12-11T18:00:00Z\",\"why\":\"x\"}", 0, false},
    {"POST /api/v1/campaigns", CAMPAIGN "}", 0, false},
    {"POST /api/v1/campaigns/check", CAMPAIGN "}", 0, false},
    {"POST /api/v1/campaigns/preview", "{\"audience\":\"%A\"," MESSAGE "}", 0, false},
    {"POST /api/v1/campaigns/test", CAMPAIGN ",\"to\":\"+447700900777\"}", 0, false},
    {"POST /api/v1/rehearsals", CAMPAIGN "}", 0, false},
    {"POST /api/v1/schedules",
     "{\"name\":\"theirs\",\"every\":\"thu 09:00\",\"campaign\":{\"audience\":\"%A\"," MESSAGE "}}",
     0, false},
    {"POST /api/v1/schedules/{id}", "{\"every\":\"fri 09:00\"}", 0, false},
    {"POST /api/v1/schedules/{id}/pause", "{\"why\":\"x\"}", 0, false},
    {"POST /api/v1/schedules/{id}/resume", "{\"why\":\"x\"}", 0, false},
    {"POST /api/v1/schedules/{id}/except", "{\"day\":\"2036-12-04\"}", 0, false},
    {"POST /api/v1/campaigns/{id}/pause", "{\"why\":\"x\"}", 0, false},
    {"POST /api/v1/campaigns/{id}/resume", "{\"why\":\"x\"}", 0, false},
    {"POST /api/v1/campaigns/{id}/approve", "{\"digest\":\"x\"}", 0, false},
    {"POST /api/v1/campaigns/{id}/send-back", "{\"why\":\"x\"}", 0, false},
    {"POST /api/v1/campaigns/{id}/cancel", "{\"why\":\"x\"}", 0, false},
    {"POST /api/v1/campaigns/{id}/resolve", "{\"decision\":\"leave\",\"why\":\"x\"}", 0, false},
    {"POST /api/v1/campaigns/{id}/cascade", "{\"title\":\"theirs\",\"text\":\"x\"}", 0, false},
    {"DELETE /api/v1/campaigns/{id}/cascade", "{}", ANYTHING, false},
    {"POST /campaigns/{id}/share", "title=theirs&text=x", 0, false},
    {"POST /campaigns/{id}/share/end", "x=1", ANYTHING, false},
    {"POST /api/v1/campaigns/pause-all", "{\"group\":\"south\",\"why\":\"x\"}", 0, false},
    {"POST /api/v1/campaigns/resume-all", "{\"group\":\"south\",\"why\":\"x\"}", 0, false},
    {"POST /api/v1/campaigns/why", "{\"campaigns\":[%C],\"why\":\"x\"}", 0, false},
    {"POST /api/v1/conversations/{id}/reply", "{\"text\":\"hi\",\"fence\":1}", 0, false},
    {"POST /api/v1/conversations/{id}/tag", "{\"add\":[\"yes\"]}", 0, false},
    {"POST /api/v1/conversations/{id}/resolve",
     "{\"message\":1,\"resent\":0,\"fence\":1,\"decision\":\"leave\"}", 404, false},
    {"POST /inbox/{id}/no-more", "consent=news", 0, false},
    {"POST /api/v1/conversations/{id}/no-more", "{\"consent\":\"news\"}", 0, false},
    {"POST /api/v1/suppressions", "{\"scope\":\"south\",\"numbers\":[\"+447700900123\"]}", 0,
     false},
    {"DELETE /api/v1/suppressions/{scope}/{number}", "{\"why\":\"x\"}", 0, false},
    {"POST /api/v1/suppression-batches", "{\"scope\":\"south\",\"numbers\":[\"+447700900123\"]}", 0,
     false},
    {"DELETE /api/v1/suppression-batches/{batch}", "{\"why\":\"x\"}", 0, false},
    {"POST /api/v1/consents/{number}", "{\"consent\":\"news\",\"why\":\"x\"}", 0, false},
    {"POST /api/v1/webhooks",
     "{\"url\":\"http://127.0.0.1:1/x\",\"group\":\"south\",\"kinds\":[\"campaign\"]}", 0, false},
    {"POST /api/v1/audiences/from-campaign",
     "{\"campaign\":%C,\"name\":\"theirs\",\"states\":[\"pending\"]}", 0, false},
    {"POST /api/v1/tags", "{\"group\":\"south\",\"tag\":\"ours\"}", 0, false},
    {"DELETE /api/v1/tags/{tag}", "{}", ANYTHING, false},
    {"POST /api/v1/conversations/{id}/note", "{\"text\":\"x\"}", 0, false},
    {"POST /api/v1/conversations/{id}/hand-over", "{\"organisers\":true,\"word\":\"x\"}", ANYTHING,
     false},
    {"PUT /api/v1/conversations/{id}/draft", "{\"text\":\"x\",\"key\":\"k\"}", 0, false},
    {"POST /inbox/{id}/note", "note=x&text=x", ANYTHING, false},
    {"POST /inbox/{id}/draft", "text=x&key=k", ANYTHING, false},
    {"POST /inbox/{id}/hand-over", "to=organisers&word=x", ANYTHING, false},
    {"POST /inbox/{id}/template", "template=1&gaps=0&fence=1&key=k", ANYTHING, false},
    {"POST /api/v1/groups/{name}", "{\"title\":\"theirs\"}", 0, false},
    {"POST /api/v1/templates", "{\"group\":\"south\"," TEMPLATE "}", 0, false},
    {"POST /groups/{name}/templates",
     "name=theirs&gateway=wa&template=ask_again&language=en_GB&text=Hi", 0, false},
    {"POST /api/v1/groups/{name}/suggestions", "{\"text\":\"theirs\"}", 0, false},
    {"POST /api/v1/groups/{name}/suggestions/{id}", "{\"text\":\"theirs\"}", 0, false},
    {"DELETE /api/v1/groups/{name}/suggestions/{id}", "{}", ANYTHING, false},
    {"POST /groups/{name}/answers", "text=theirs", 0, false},
    {"POST /api/v1/kept/try-again", "{\"up_to\":9}", 404, false}, /* nothing is kept here */
    {"POST /api/v1/kept/put-away", "{\"up_to\":9,\"why\":\"x\"}", 404, false},
    {"POST /kept/try-again", "up_to=9", ANYTHING, false},
    {"POST /kept/put-away", "up_to=9&why=x", ANYTHING, false},
    {"POST /api/v1/law/{id}/off", "{\"why\":\"x\",\"group\":\"south\"}", 0, false},
    {"POST /api/v1/law/{id}/on", "{\"why\":\"x\",\"group\":\"south\"}", 0, false},
    {"POST /law/{id}/off", "why=x&group=south", ANYTHING, false},
    {"POST /law/{id}/on", "why=x&group=south", ANYTHING, false},
    {"POST /schedules/new", "campaign=%C&often=week&day=thu&time=09:00&name=theirs", 0, false},
    {"POST /schedules/{id}/resume", "", 422, false}, /* it is not paused */
    {"POST /groups", "name=south", 0, false},
    {"POST /groups/{name}", "title=theirs", 0, false},
    {"POST /groups/{name}/twin", "act=help", 0, false},
    {"POST /groups/{name}/delete", "typed=south", 0, false},
    {"POST /api/v1/invitations", "{\"name\":\"Eve\",\"role\":\"volunteer\",\"groups\":[\"south\"]}",
     0, false},
    {"POST /api/v1/people/{id}/move", "{\"role\":\"volunteer\",\"groups\":[\"south\"]}", 0, false},
    {"POST /api/v1/people/approve", "{\"group\":\"south\"}", 0, true},
    {"POST /api/v1/shifts",
     "{\"group\":\"south\",\"max\":5,\"until\":\"2026-11-26T20:00:00.000Z\"}", 0, false},
    {"POST /api/v1/shifts/{code}/end", "{\"people\":true}", 0, false},
    {"POST /api/v1/tokens", "{\"name\":\"x\",\"member\":\"south\",\"scopes\":[\"read\"]}", 0,
     false},
    {"POST /people/invite", "name=Eve&role=volunteer&groups=south", 0, false},
    {"POST /people/shift", "group=south&hours=2&max=5", 0, false},
    {"POST /people/approve", "group=south", 0, true},
    {"POST /people/{id}/move", "role=volunteer&groups=south", 0, false},
    {"POST /api/v1/inbox/next", "{\"group\":\"south\"}", 0, true},
    {"POST /api/v1/audiences/{id}/upload", "", ANYTHING, false},
    {"GET /api/v1/imports/{import}", "", 404, false},
    {"GET /api/v1/imports/{import}/rejects", "", 404, false},
    {"GET /lists/imports/{import}", "", 404, false},
    {"GET /optouts/export/{scope}", "", ANYTHING, false},
    {"GET /optouts/imports/{import}", "", 404, false},
    {"POST /optouts/imports/{import}/set", "", 404, false},
    {"POST /optouts/imports/{import}/undo", "why=x", 404, false},
    {"GET /lists/imports/{import}/rejects", "", 404, false},
    {"GET /api/v1/audiences/{id}/people", "", ANYTHING, false},
    {"GET /lists/{id}/people.csv", "", ANYTHING, false},
    {"POST /lists/{id}/change", "", ANYTHING, false},
    {"POST /lists/{id}/person", "number=%2B447700900777", ANYTHING, false},
    {"POST /lists/{id}/delete", "", ANYTHING, false},
    {"POST /lists/{id}/lend", "to=east&until=2026-12-11T18:00&why=x", 0, false},
    {"POST /lists/{id}/take-back", "loan=1", 0, false},
    {"POST /campaigns/{id}/why", "why=x", 0, false},
    {"POST /campaigns/{id}/approve", "digest=x", 409, false},
    {"POST /campaigns/{id}/send-back", "why=x", 409, false},
    {"POST /campaigns/{id}/change", "text=x", 422, false}, /* nothing is filled in */
    {"POST /campaigns/{id}/start", "start=2026-11-27T18:00", 422, false},
    {"POST /schedules/{id}/change", "text=x", 422, false},                /* nothing is filled in */
    {"POST /schedules/{id}/event", "start=2026-12-03T18:00", 422, false}, /* it has none */
    {"POST /schedules/{id}/except", "day=2036-12-04", 0, false},
    {"POST /campaigns/{id}/cancel", "why=x", 422, false}, /* it asks whether they are sure */
    {"POST /api/v1/places", "{\"name\":\"theirs\",\"group\":\"south\",\"at\":\"51.5,-0.12\"}", 0,
     false},
    {"POST /api/v1/places/{id}", "{\"name\":\"theirs\"}", 0, false},
    {"POST /api/v1/places/import",
     "{\"group\":\"south\",\"places\":[{\"name\":\"more\",\"at\":\"1,1\"}]}", 0, false},
    {"POST /api/v1/place-sessions",
     "{\"place\":%P,\"start\":\"2026-11-28T18:00:00Z\",\"end\":\"2026-11-28T20:00:00Z\"}", 0,
     false},
    {"POST /api/v1/place-sessions/{id}", "{\"cancelled\":true}", 0, false},
    {"POST /api/v1/place-sessions/{id}/pledges",
     "{\"number\":\"+447700900778\",\"group\":\"south\"}", 0, false},
    {"POST /api/v1/place-sessions/{id}/pledges/{pledge}", "{\"state\":\"gone\"}", 0, false},
    {"POST /sessions/{id}/people", "number=", 422, false}, /* one's own may go to any session */
    {"POST /sessions/{id}/people/{pledge}", "state=gone", 0, false},
    {"POST /places/{id}", "name=theirs&at=51.5,-0.12", 0, false},
    {"POST /places/{id}/sessions", "start=2026-11-28T18:00&end=2026-11-28T20:00", 0, false},
    {"POST /place-sessions/{id}", "start=2026-11-28T18:00&end=2026-11-28T20:00", 0, false},
    {"POST /places/{id}/remove", "", 422, false}, /* it has a session to come */
    {"POST /inbox/{id}/reply", "text=hi&fence=1&key=k", 0, false},
    {"POST /inbox/{id}/tag", "add=yes", 0, false},
    {"POST /inbox/{id}/coming", "session=1", 404, false},
    {"POST /inbox/{id}/not-coming", "session=1", 0, false},
    {"POST /inbox/{id}/resolve", "message=1&resent=0&fence=1&decision=leave", 404, false},
};

/* Lists that tell of no group's things, to nobody; and what goes on for ever. */
static const char *const plain[] = {"GET /schedules/new",
                                    "GET /lists/from",
                                    "GET /api/v1/inbox/waiting",
                                    "GET /api/v1/tags",
                                    "GET /api/v1/templates",
                                    "GET /api/v1/law",
                                    "GET /law",
                                    "GET /api/v1/kept",
                                    "GET /kept",
                                    "GET /",
                                    "GET /optouts",
                                    "GET /lists/new",
                                    "GET /optouts/import",
                                    "GET /day/record",
                                    "GET /api/v1/withdrawn/{consent}",
                                    "GET /api/v1/gazetteers",
                                    "GET /places/import",
                                    "GET /places/new",
                                    "GET /campaigns/new",
                                    "GET /inbox/next",
                                    "GET /audit",
                                    "GET /api/v1/audit"};
static const char *const endless[] = {"GET /api/v1/events"};

/* ---- a row, as it is tried ---- */

struct trial {
    const struct route *row;
    char name[96], path[256], body[1024];
    bool about_a_thing; /* of south */
    bool silent;
    int owner;
};

static bool is_one_of(const char *name, const char *const *list, size_t n)
{
    return slice_index(slice_of(name), list, n) >= 0;
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static void put(char *out, size_t room, const char *text)
{
    size_t n = strlen(out);
    assert_true(n + strlen(text) < room);
    memcpy(out + n, text, strlen(text) + 1);
}

static void put_param(struct trial *t, const char *param)
{
    char id[32];
    bool nobody = is_one_of(param, nobodys, COUNT_OF(nobodys));
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        const struct place *p = &places[i];
        if (strcmp(p->param, param) != 0 || !ends_with(t->path, p->before)) continue;
        (void)snprintf(id, sizeof id, "%lld", (long long)(p->id ? *p->id : 0));
        put(t->path, sizeof t->path, p->id ? id : p->text);
        t->about_a_thing = true;
        return;
    }
    if (!nobody)
        fail_msg("%s: what is {%s} of the group 'south' here? Say it in `places` of this file",
                 t->name, param);
    put(t->path, sizeof t->path, strcmp(param, "consent") == 0 ? "news" : "%2B447700900555");
}

static void fill_path(struct trial *t)
{
    const char *p = t->row->path;
    while (*p) {
        char param[32], one[2] = {*p, '\0'};
        if (*p == '{') {
            size_t n = strcspn(p + 1, "}");
            (void)snprintf(param, sizeof param, "%.*s", (int)n, p + 1);
            put_param(t, param);
            p += n + 2;
            continue;
        }
        put(t->path, sizeof t->path, one);
        p++;
    }
}

/* What %A, %C and %P stand for; NULL: it is none of them. */
static const json_int_t *thing_of(const char *p)
{
    if (*p != '%') return NULL;
    return p[1] == 'A'   ? &south.audience
           : p[1] == 'C' ? &south.campaign
           : p[1] == 'P' ? &south.place
                         : NULL;
}

static void fill_body(struct trial *t, const char *body)
{
    for (const char *p = body; *p; p++) {
        char id[32], one[2] = {*p, '\0'};
        const json_int_t *thing = thing_of(p);
        (void)snprintf(id, sizeof id, "%lld", (long long)(thing ? *thing : 0));
        put(t->body, sizeof t->body, thing ? id : one);
        t->about_a_thing |= thing != NULL;
        p += thing != NULL;
    }
    t->about_a_thing |= strstr(body, "\"south\"") || strstr(body, "=south");
}

#define SAY_BODY                                                                                   \
    "which body would do something to the group 'south'? Say it in `tries` of this file"

static struct trial trial_of(const struct route *row)
{
    struct trial t = {.row = row};
    (void)snprintf(t.name, sizeof t.name, "%s %s", row->method, row->path);
    fill_path(&t);
    bool wants = row->keys && row->keys[0];
    for (size_t i = 0; i < COUNT_OF(tries); i++) {
        if (strcmp(tries[i].row, t.name) != 0) continue;
        fill_body(&t, tries[i].body);
        t.owner = tries[i].owner;
        t.silent = tries[i].silent;
        return t;
    }
    if (wants && row->flags & IN_GROUP && !t.about_a_thing) fail_msg("%s: " SAY_BODY, t.name);
    if (row->keys) put(t.body, sizeof t.body, "{}");
    return t;
}

/* Whether the text has the word, in whatever letters. */
static bool tells_of(const char *text, const char *word)
{
    size_t n = strlen(word);
    for (; *text; text++)
        if (strncasecmp(text, word, n) == 0) return true;
    return false;
}

/* ---- the world ---- */

enum { DIGEST_BYTES = 64 * 1024 };

static void on_digest(void *arg, const struct redisReply *reply)
{
    assert_true(redis_str(reply).n < DIGEST_BYTES);
    (void)snprintf(arg, DIGEST_BYTES, "%.*s", SLICE_ARG(redis_str(reply)));
}

/* Of all that the store holds: a line each key. But for when the queue looked at the clock, which goes on by itself. */
static void digest(char out[DIGEST_BYTES])
{
    /* Hashes and sets have no order. */
    static const char script[] =
        "local all, keys = {}, redis.call('KEYS', ARGV[1] .. '*') table.sort(keys)"
        "local function whole(k) local kind, list = redis.call('TYPE', k).ok, {}"
        "  if kind == 'hash' then local h = redis.call('HGETALL', k)"
        "    for i = 1, #h, 2 do list[#list + 1] = h[i] .. '=' .. h[i + 1] end"
        "  elseif kind == 'set' then list = redis.call('SMEMBERS', k)"
        "  else return redis.call('DUMP', k) end "
        "  table.sort(list) return table.concat(list, '|') end "
        "for _, k in ipairs(keys) do if not k:find('q:%l+:clock$') then"
        "  all[#all + 1] = k .. ' ' .. redis.sha1hex(whole(k)) end end "
        "return table.concat(all, '\\n') .. '\\n'";
    struct err e;
    const struct slice argv[] = {SLICE_LIT("EVAL"), slice_of(script), SLICE_LIT("0"),
                                 slice_of(world.prefix)};
    assert_int_equal(redis_wait(world.redis, on_digest, out, &e, COUNT_OF(argv), argv), 0);
}

/* The first line of `text` that `other` has not; NULL: it has all. */
static const char *line_of(char *text, const char *other)
{
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        if (!strstr(other, line)) return line;
    return NULL;
}

/* What is there after, and was not before; else what is gone. */
static const char *other_line(char *before, char *after)
{
    static char text[DIGEST_BYTES];
    memcpy(text, after, sizeof text);
    const char *line = line_of(text, before);
    return line ? line : line_of(before, after);
}

/* Somebody comes in by the link that was just made. */
static void comes_by(const json_t *link, const char *form)
{
    char path[96];
    (void)snprintf(path, sizeof path, "%s", strstr(text_at(link, "url"), "/join/"));
    (void)ask_as(NULL, 303, "POST", path, form);
}

/* One who is in, with a token; and one who came by the link for a shift and waits. */
static void make_people(const char *group, struct things *t)
{
    char body[256];
    (void)snprintf(body, sizeof body,
                   "{\"name\":\"%s\",\"role\":\"organiser\",\"groups\":[\"%s\"]}", group, group);
    json_t *link = ask(201, "POST", "/api/v1/invitations", body);
    t->person = number_at(link, "id");
    comes_by(link, "");
    (void)snprintf(body, sizeof body,
                   "{\"name\":\"of %s\",\"member\":\"%s\",\"scopes\":[\"read\"]}", group, group);
    (void)snprintf(t->token, sizeof t->token, "%s",
                   text_at(ask(201, "POST", "/api/v1/tokens", body), "id"));
    (void)snprintf(body, sizeof body,
                   "{\"group\":\"%s\",\"max\":9,\"until\":\"2026-11-26T20:00:00.000Z\"}", group);
    link = ask(201, "POST", "/api/v1/shifts", body);
    (void)snprintf(t->shift, sizeof t->shift, "%s", text_at(link, "id"));
    (void)snprintf(body, sizeof body, "name=Wen+of+%s", group);
    comes_by(link, body);
}

static json_int_t make_rehearsal(const struct things *t, const char *group)
{
    const char *body = world_text("{\"name\":\"%s-rehearsed\",\"audience\":\"%lld\"," MESSAGE "}",
                                  group, (long long)t->audience);
    return number_at(ask(201, "POST", "/api/v1/rehearsals", body), "id");
}

static void make_things(const char *group, const char *number, struct things *t)
{
    char body[512], name[32];
    make_people(group, t);
    (void)snprintf(name, sizeof name, "%s-list", group);
    t->audience = make_audience_in(group, name, 3);
    (void)snprintf(body, sizeof body, "{\"name\":\"%s-blast\",\"audience\":\"%lld\"," MESSAGE "}",
                   group, (long long)t->audience);
    t->campaign = number_at(ask(201, "POST", "/api/v1/campaigns", body), "id");
    (void)snprintf(name, sizeof name, "%sey", group);
    t->conversation = make_conversation(group, number, name);
    (void)snprintf(body, sizeof body,
                   "{\"scope\":\"%s\",\"numbers\":[\"+447700900555\"],\"evidence\":\"a %s word\"}",
                   group, group);
    (void)ask(200, "POST", "/api/v1/suppressions", body);
    (void)snprintf(body, sizeof body, "{\"scope\":\"%s\",\"numbers\":[\"+447700900556\"]}", group);
    (void)snprintf(south_batch, sizeof south_batch, "%s",
                   text_at(ask(200, "POST", "/api/v1/suppression-batches", body), "batch"));
    (void)snprintf(body, sizeof body, "/api/v1/suppression-batches/%s/set", south_batch);
    (void)ask(200, "POST", body, NULL);
    (void)snprintf(body, sizeof body,
                   "{\"url\":\"http://127.0.0.1:1/%s\",\"group\":\"%s\",\"kinds\":[\"campaign\"]}",
                   group, group);
    t->webhook = number_at(ask(201, "POST", "/api/v1/webhooks", body), "id");
    (void)snprintf(body, sizeof body,
                   "{\"name\":\"%s-weekly\",\"every\":\"thu 09:00\",\"from_campaign\":%lld}", group,
                   (long long)t->campaign);
    t->schedule = number_at(ask(201, "POST", "/api/v1/schedules", body), "id");
    t->rehearsal = make_rehearsal(t, group);
    (void)snprintf(body, sizeof body,
                   "{\"name\":\"%s-place\",\"group\":\"%s\",\"at\":\"51.5,-0.12\"}", group, group);
    t->place = number_at(ask(201, "POST", "/api/v1/places", body), "id");
    (void)snprintf(
        body, sizeof body,
        "{\"place\":%lld,\"start\":\"2026-11-27T18:00:00Z\",\"end\":\"2026-11-27T20:00:00Z\"}",
        (long long)t->place);
    t->session = number_at(ask(201, "POST", "/api/v1/place-sessions", body), "id");
    char pledges[64];
    (void)snprintf(pledges, sizeof pledges, "/api/v1/place-sessions/%lld/pledges",
                   (long long)t->session);
    (void)snprintf(body, sizeof body, "{\"number\":\"+447700900779\",\"group\":\"%s\"}", group);
    t->pledge = number_at(ask(200, "POST", pledges, body), "pledge");
    char suggestions[64];
    (void)snprintf(suggestions, sizeof suggestions, "/api/v1/groups/%s/suggestions", group);
    (void)snprintf(body, sizeof body, "{\"text\":\"an answer of %s\"}", group);
    t->suggestion = number_at(ask(201, "POST", suggestions, body), "id");
    (void)snprintf(body, sizeof body, "{\"group\":\"%s\"," TEMPLATE "}", group);
    (void)snprintf(t->template, sizeof t->template, "%s?group=%s",
                   text_at(ask(201, "POST", "/api/v1/templates", body), "id"), group);
}

/* The copy that web has of the groups is a moment late. Who makes a group is answered when the copy has it, and so
 * all that came before. */
static void catch_up(void)
{
    (void)ask(201, "POST", "/api/v1/groups", "{\"name\":\"passing\"}");
    (void)ask(200, "DELETE", "/api/v1/groups/passing", NULL);
}

static void on_spent(void *arg, const struct redisReply *reply)
{
    (void)arg;
    assert_int_equal(redis_int(reply, -1), 1);
}

/* Both have spent something (in no month: there is no calendar here). */
static void spend(const char *field)
{
    char key[64];
    struct err e;
    (void)snprintf(key, sizeof key, "%sspent:", world.prefix);
    const struct slice argv[] = {SLICE_LIT("HSET"), slice_of(key), slice_of(field),
                                 SLICE_LIT("1000000")};
    assert_int_equal(redis_wait(world.redis, on_spent, NULL, &e, COUNT_OF(argv), argv), 0);
}

static int set_up(void **state)
{
    (void)world_set_up(state);
    make_things("leeds", "447700900001", &leeds);
    make_things("south", "447700900002", &south);
    (void)ask(201, "POST", "/api/v1/groups", "{\"name\":\"east\"}");
    south.loan =
        number_at(ask(201, "POST", "/api/v1/audiences/south-list/loans",
                      "{\"to\":\"east\",\"until\":\"2026-12-11T18:00:00Z\",\"why\":\"of south\"}"),
                  "id");
    (void)make_conversation("south", "447700900888", "South");
    spend("GBP/leeds");
    spend("GBP/south");
    catch_up();
    /* the first one to ask looks once whether an older Muster left somebody unqueued */
    (void)ask(200, "POST", "/api/v1/inbox/next", "{\"group\":\"nowhere\"}");
    return 0;
}

/* ---- who is of another group ---- */

static const char *const of_leeds[] = {"leeds"};
static const struct stranger {
    const char *token;
    struct member member;
} strangers[] = {
    {ORGANISER_OF_LEEDS, {"Lee", "Lee", ROLE_ORGANISER, false, of_leeds, 1, 0, 0, 0}},
    {VOLUNTEER_OF_LEEDS, {"Nina", "Nina", ROLE_VOLUNTEER, false, of_leeds, 1, 0, 0, 0}},
};

static bool comes_in(const struct route *r, const struct member *m)
{
    return r->flags & IN_GROUP ? access_may_somewhere(m, r->may) : access_may_everywhere(m, r->may);
}

static void see_stranger(const struct trial *t, const struct stranger *who)
{
    bool in = comes_in(t->row, &who->member), reads = strcmp(t->row->method, "GET") == 0;
    int status = ask_status(who->token, t->row->method, t->path, t->body);
    if (t->row->may == MAY_READ_PLACES) { /* people are sent there from any group */
        if (status >= 400) fail_msg("%s, %s: %d", t->name, who->member.name, status);
        return;
    }
    if (!in && status != 403) fail_msg("%s, %s: %d", t->name, who->member.name, status);
    if (in && status == 400) fail_msg("%s: " SAY_BODY ": %s", t->name, answer_text());
    if (in && t->about_a_thing && !t->silent && status != 404 && status != 403)
        fail_msg("%s, %s: %d: %s", t->name, who->member.name, status, answer_text());
    if (in && !t->about_a_thing && reads && status >= 400)
        fail_msg("%s, %s: %d: %s", t->name, who->member.name, status, answer_text());
    /* Words of refusal may name what was asked for, and nothing else. */
    if (status < 400 && tells_of(answer_text(), "south"))
        fail_msg("%s, %s: %s", t->name, who->member.name, answer_text());
}

/* What is of oneself, whatever one's groups: they are tried where sessions are made. And what is near, which is
 * everybody's, and asks of what. */
static const char *const elsewhere[] = {"/me", "/api/v1/me", "/api/v1/sessions", "/api/v1/near"};

static bool is_tried(const struct route *r)
{
    char name[96];
    (void)snprintf(name, sizeof name, "%s %s", r->method, r->path);
    for (size_t i = 0; i < COUNT_OF(elsewhere); i++)
        if (strncmp(r->path, elsewhere[i], strlen(elsewhere[i])) == 0) return false;
    return r->may != MAY_ANYBODY && !is_one_of(name, endless, COUNT_OF(endless));
}

static void test_what_another_group_has_is_not_there(void **state)
{
    (void)state;
    const struct route *r;
    static char before[DIGEST_BYTES], after[DIGEST_BYTES];
    size_t n = 0;
    digest(before);
    for (size_t i = 0; (r = web_route(world.web, i)) != NULL; i++) {
        if (!is_tried(r)) continue;
        const struct trial t = trial_of(r);
        for (size_t s = 0; s < COUNT_OF(strangers); s++) {
            /* what needs no group's thing to be done is done: one is in the group leeds */
            if (!t.about_a_thing && strcmp(r->method, "GET") != 0 &&
                comes_in(r, &strangers[s].member))
                continue;
            see_stranger(&t, &strangers[s]);
            digest(after);
            if (strcmp(before, after) != 0)
                fail_msg("%s, %s: the store changed: %s", t.name, strangers[s].member.name,
                         other_line(before, after));
        }
        n += r->flags & IN_GROUP ? 1 : 0;
    }
    assert_true(n > 25);
}

/* ---- who is everywhere, and each in their own ---- */

static void test_the_owner_does_all_of_it(void **state)
{
    const struct route *r;
    static char before[DIGEST_BYTES], after[DIGEST_BYTES];
    digest(before);
    for (size_t i = 0; (r = web_route(world.web, i)) != NULL; i++) {
        if (!is_tried(r) || !(r->flags & IN_GROUP)) continue;
        const struct trial t = trial_of(r);
        if (!t.about_a_thing && !r->keys && strcmp(r->method, "GET") != 0)
            continue; /* a form or a file that names no thing */
        int status = ask_status(ORGANISER, r->method, t.path, t.body);
        bool done = status < 400 || status == 409 || status == t.owner || t.owner == ANYTHING;
        bool shows = strcmp(r->method, "GET") == 0 && !t.about_a_thing &&
                     !is_one_of(t.name, plain, COUNT_OF(plain));
        if (!done) fail_msg("%s: %d: %s", t.name, status, answer_text());
        if (shows && !tells_of(answer_text(), "south"))
            fail_msg("%s: the owner is not told of south: %s", t.name, answer_text());
        digest(after);
        if (strcmp(before, after) == 0) continue;
        (void)world_tear_down(state); /* what was done stands in nobody's way */
        (void)set_up(state);
        digest(before);
    }
}

static void test_lists_show_ones_own(void **state)
{
    (void)state;
    static const char *const lists[] = {"/api/v1/audiences", "/api/v1/campaigns", "/api/v1/inbox",
                                        "/inbox", "/api/v1/suppressions/leeds"};
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        assert_int_equal(ask_status(ORGANISER_OF_LEEDS, "GET", lists[i], ""), 200);
        if (!tells_of(answer_text(), i < 4 ? "leeds" : "447700900555"))
            fail_msg("%s: %s", lists[i], answer_text());
    }
    char path[64];
    (void)snprintf(path, sizeof path, "/api/v1/campaigns/%lld/people", (long long)leeds.campaign);
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "GET", path, NULL);
    assert_true(tells_of(answer_text(), "+4477009"));
    /* a list without a group is of one's own */
    json_t *made =
        ask_as(ORGANISER_OF_LEEDS, 201, "POST", "/api/v1/audiences", "{\"name\":\"leeds-two\"}");
    assert_string_equal(text_at(made, "group"), "leeds");
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "GET", "/api/v1/suppressions/check/%2B447700900555",
                 NULL);
    assert_true(tells_of(answer_text(), "leeds") && !tells_of(answer_text(), "south"));
    /* what is everybody's is for who belongs everywhere */
    (void)ask_as(ORGANISER_OF_LEEDS, 403, "GET", "/api/v1/suppressions/all", NULL);
    expect_error("forbidden", "Yours: leeds");
}

/* Two groups have a list and a campaign of one name. */
static void test_two_groups_have_one_name(void **state)
{
    (void)state;
    (void)make_audience_in("leeds", "members", 2);
    json_int_t theirs = make_audience_in("south", "members", 2);
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "GET", "/api/v1/audiences/members", NULL);
    assert_true(tells_of(answer_text(), "leeds"));
    (void)ask(409, "GET", "/api/v1/audiences/members", NULL);
    expect_error("conflict", "of 'south'");
    char body[512];
    for (int i = 0; i < 2; i++) {
        (void)snprintf(body, sizeof body,
                       "{\"name\":\"thursday\",\"audience\":\"%lld\"," MESSAGE "}",
                       (long long)(i ? theirs : leeds.audience));
        (void)ask_as(i ? ORGANISER : ORGANISER_OF_LEEDS, 201, "POST", "/api/v1/campaigns", body);
    }
    (void)ask(409, "POST", "/api/v1/campaigns", body);
}

/* ---- groups as things ---- */

static void test_a_group_appears_with_its_first_thing(void **state)
{
    (void)state;
    catch_up();
    json_t *group = ask(200, "GET", "/api/v1/groups/south", NULL);
    assert_string_equal(text_at(group, "title"), "");
    assert_true(json_is_null(json_object_get(group, "created_at")));
    (void)ask(409, "POST", "/api/v1/groups", "{\"name\":\"south\"}");
    (void)ask(409, "DELETE", "/api/v1/groups/south", NULL);
    expect_error("conflict", "still has 1 campaign:");
}

static void test_groups_are_made_and_removed(void **state)
{
    (void)state;
    (void)ask(201, "POST", "/api/v1/groups",
              "{\"name\":\"york\",\"title\":\"York\",\"country\":\"GB\"}");
    (void)ask_as(ORGANISER_OF_LEEDS, 403, "POST", "/api/v1/groups", "{\"name\":\"hull\"}");
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "GET", "/api/v1/groups/york", NULL);
    json_t *group = ask(200, "POST", "/api/v1/groups/york", "{\"hours\":\"10:00-12:00\"}");
    assert_string_equal(text_at(group, "title"), "York");
    assert_string_equal(text_at(group, "hours"), "10:00-12:00");
    json_int_t list = number_at(
        ask(201, "POST", "/api/v1/audiences", "{\"name\":\"a\",\"group\":\"york\"}"), "id");
    (void)ask(200, "GET", "/api/v1/audiences/1", NULL);
    char path[64];
    (void)snprintf(path, sizeof path, "/api/v1/audiences/%lld", (long long)list);
    assert_string_equal(text_at(ask(200, "GET", path, NULL), "country"), "GB");
    static const char *const bad[] = {
        "{\"hours\":\"soon\"}",      "{\"country\":\"XX\"}",          "{\"zone\":\"a b\"}",
        "{\"gateways\":[\"none\"]}", "{\"pledge_gateway\":\"none\"}", "{\"pledge_gateway\":\"wa\"}",
        "{\"title\":\"a\\nb\"}"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        (void)ask(400, "POST", "/api/v1/groups/york", bad[i]);
    (void)ask(200, "DELETE", path, NULL);
    (void)ask(200, "DELETE", "/api/v1/groups/york", NULL);
    (void)ask(404, "GET", "/api/v1/groups/york", NULL);
}

static void test_a_group_sends_by_its_own_accounts_in_its_own_hours(void **state)
{
    (void)state;
    char body[512];
    catch_up();
    (void)ask(200, "POST", "/api/v1/groups/leeds", "{\"gateways\":[\"wa\"]}");
    (void)ask_as(ORGANISER_OF_LEEDS, 403, "POST", "/api/v1/groups/leeds", "{\"gateways\":[]}");
    (void)snprintf(body, sizeof body, "{\"name\":\"two\",\"audience\":\"%lld\"," MESSAGE "}",
                   (long long)leeds.audience);
    (void)ask_as(ORGANISER_OF_LEEDS, 409, "POST", "/api/v1/campaigns", body);
    expect_error("conflict", "cannot send by 'main': it may use wa");
    (void)ask(200, "POST", "/api/v1/groups/leeds",
              "{\"gateways\":[\"wa\",\"main\"],\"hours\":\"10:00-12:00\"}");
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "POST", "/api/v1/groups/leeds",
                 "{\"pledge_gateway\":\"main\"}");
    json_t *made = ask_as(ORGANISER_OF_LEEDS, 201, "POST", "/api/v1/campaigns", body);
    assert_string_equal(text_at(made, "hours"), "10:00-12:00");
}

/* In how long people are answered is a group's organiser's to say. */
static void test_a_group_says_how_soon_it_answers(void **state)
{
    (void)state;
    static const char at[] = "/api/v1/groups/leeds", page[] = "/groups/leeds";
    catch_up();
    json_t *is = ask_as(ORGANISER_OF_LEEDS, 200, "POST", at, "{\"answer_within_minutes\":5}");
    assert_int_equal(number_at(is, "answer_within_minutes"), 5);
    (void)ask_as(ORGANISER_OF_LEEDS, 400, "POST", at, "{\"answer_within_minutes\":1441}");
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "GET", page, NULL);
    assert_non_null(strstr(answer_text(), "value=\"5\""));
    (void)ask_as(ORGANISER_OF_LEEDS, 400, "POST", page, "answer_within_minutes=soon");
    assert_non_null(strstr(answer_text(), "value=\"soon\""));
    (void)ask_as(ORGANISER_OF_LEEDS, 303, "POST", page, "answer_within_minutes=");
    is = ask_as(ORGANISER_OF_LEEDS, 200, "GET", at, NULL);
    assert_true(json_is_null(json_object_get(is, "answer_within_minutes")));
}

static bool is_listed(const char *token, const char *gateway)
{
    size_t i;
    const json_t *one;
    json_array_foreach(
        json_object_get(ask_as(token, 200, "GET", "/api/v1/gateways", NULL), "gateways"), i, one)
    {
        if (strcmp(text_at(one, "name"), gateway) == 0) return true;
    }
    return false;
}

static void test_accounts_of_others_are_not_listed(void **state)
{
    (void)state;
    assert_true(is_listed(ORGANISER_OF_LEEDS, "main") && is_listed(ORGANISER_OF_LEEDS, "wa"));
    (void)ask(200, "POST", "/api/v1/groups/leeds", "{\"gateways\":[\"wa\"]}");
    assert_true(is_listed(ORGANISER_OF_LEEDS, "wa") && !is_listed(ORGANISER_OF_LEEDS, "main"));
    assert_true(is_listed(ORGANISER, "wa") && is_listed(ORGANISER, "main"));
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "GET", "/campaigns/new", NULL);
    assert_null(strstr(answer_text(), "<option value=\"main\""));
}

/* What another group said fills nobody's form. */
static void test_only_own_campaigns_are_used_again(void **state)
{
    (void)state;
    char path[64];
    (void)snprintf(path, sizeof path, "/campaigns/new?from=%lld", (long long)south.campaign);
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "GET", path, NULL);
    (void)snprintf(path, sizeof path, "/campaigns/new?from=%lld", (long long)leeds.campaign);
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "GET", path, NULL);
    assert_true(tells_of(answer_text(), " 2\">"));
}

/* A time is that of the clock in the group, for its organisers; the organisation is Irish. */
static void test_times_are_by_the_group_s_clock(void **state)
{
    (void)state;
    char body[512], path[64];
    (void)ask(200, "POST", "/api/v1/groups/leeds", "{\"zone\":\"America/New_York\"}");
    (void)ask(400, "POST", "/api/v1/groups/leeds", "{\"zone\":\"Europe/Nowhere\"}");
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "GET", "/campaigns/new", NULL);
    assert_true(tells_of(answer_text(), "By the clock of America/New_York"));
    (void)snprintf(
        body, sizeof body,
        "{\"name\":\"later\",\"audience\":\"%lld\",\"start\":\"2026-11-27T18:00:00Z\"," MESSAGE "}",
        (long long)leeds.audience);
    json_int_t id = number_at(ask(201, "POST", "/api/v1/campaigns", body), "id");
    (void)snprintf(path, sizeof path, "/campaigns/%lld", (long long)id);
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "GET", path, NULL);
    assert_true(tells_of(answer_text(), "Fri 27 Nov 2026, 13:00"));
    (void)ask(200, "GET", path, NULL);
    assert_true(tells_of(answer_text(), "Fri 27 Nov 2026, 18:00"));
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "GET", "/audit", NULL);
    assert_true(tells_of(answer_text(), "Times are by the clock of America/New_York"));
    assert_true(tells_of(answer_text(), "Thu 26 Nov 2026, 13:00"));
    (void)ask(200, "POST", "/api/v1/suppressions",
              "{\"scope\":\"leeds\",\"numbers\":[\"+447700900777\"]}");
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "GET", "/optouts?number=%2B447700900777", NULL);
    assert_true(tells_of(answer_text(), ">Thu 26 Nov 2026, 13:00</time>"));
}

/* Somebody belongs to it: it is there, and has so many people as its page says. */
static void test_a_group_appears_with_its_first_person(void **state)
{
    (void)state;
    (void)ask(201, "POST", "/api/v1/invitations",
              "{\"name\":\"Hal\",\"role\":\"organiser\",\"groups\":[\"hull\"]}");
    (void)ask(400, "POST", "/api/v1/invitations",
              "{\"name\":\"Hat\",\"role\":\"organiser\",\"everywhere\":\"yes\"}");
    expect_error("invalid", "'everywhere' is true or false");
    catch_up();
    assert_int_equal(number_at(ask(200, "GET", "/api/v1/groups/hull", NULL), "people"), 1);
    (void)ask_as(VOLUNTEER_OF_LEEDS, 200, "GET", "/api/v1/groups/leeds", NULL);
    assert_true(tells_of(answer_text(), "\"people\":null"));
    const json_t *found = ask(200, "GET", "/api/v1/groups?q=HUL", NULL);
    assert_int_equal(json_array_size(json_object_get(found, "groups")), 1);
    assert_true(tells_of(answer_text(), "\"name\":\"hull\""));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_what_another_group_has_is_not_there),
        TEST(test_the_owner_does_all_of_it),
        TEST(test_lists_show_ones_own),
        TEST(test_two_groups_have_one_name),
        TEST(test_a_group_appears_with_its_first_thing),
        TEST(test_groups_are_made_and_removed),
        TEST(test_a_group_says_how_soon_it_answers),
        TEST(test_a_group_sends_by_its_own_accounts_in_its_own_hours),
        TEST(test_accounts_of_others_are_not_listed),
        TEST(test_only_own_campaigns_are_used_again),
        TEST(test_times_are_by_the_group_s_clock),
        TEST(test_a_group_appears_with_its_first_person),
    };
    return world_run("groups", tests, COUNT_OF(tests));
}
