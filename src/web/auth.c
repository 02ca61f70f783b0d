#include "web/auth.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>

#include "base/buf.h"
#include "base/map.h"
#include "core/json.h"
#include "slow.h"

enum {
    KEY_BYTES = 32,
    HASH_BYTES = 32,
    SECRET_RAW_BYTES = 32,
    FAILURE_SLOTS = 4096,
    ADDRESS_4_AT = 12, /* of an IPv4 address in the IPv6 one that maps it */
};

static const char cookie_name[] = "muster_session", wanted_name[] = "muster_wanted";

/* Failed attempts of one address since `since_ms`. Addresses that fall into one slot push each
 * other out, which forgets failures and never locks out a stranger. */
struct failures {
    uint64_t address; /* auth_address_key */
    int64_t since_ms;
    int count;
};

struct auth {
    unsigned char keys[AUTH_SECRETS][KEY_BYTES], csrf_key[KEY_BYTES];
    unsigned char address_key[crypto_shorthash_KEYBYTES];
    bool https;
    struct net_range *proxies;
    size_t proxy_count;
    struct slow *slow;
    const struct roster *roster;
    struct roster *own; /* of the members of a configuration without a roster */
    struct member local;
    struct member by_token; /* of the last call: with the token's scopes */
    struct failures failures[FAILURE_SLOTS];
};

static void keyed_hash(const unsigned char key[KEY_BYTES], struct slice text,
                       unsigned char out[HASH_BYTES])
{
    (void)crypto_generichash(out, HASH_BYTES, (const unsigned char *)text.p, text.n, key,
                             KEY_BYTES);
}

static void to_base64(const void *bytes, size_t n, char *out, size_t room)
{
    (void)sodium_bin2base64(out, room, bytes, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* ---- secrets ---- */

static void derive_keys(struct auth *a, const char *secret)
{
    unsigned char root[KEY_BYTES], wide[KEY_BYTES];
    (void)crypto_generichash(root, sizeof root, (const unsigned char *)secret, strlen(secret), NULL,
                             0);
    keyed_hash(root, SLICE_LIT("muster token"), a->keys[AUTH_TOKEN]);
    keyed_hash(root, SLICE_LIT("muster session"), a->keys[AUTH_SESSION]);
    keyed_hash(root, SLICE_LIT("muster code"), a->keys[AUTH_CODE]);
    keyed_hash(root, SLICE_LIT("muster asker"), a->keys[AUTH_ADDRESS]);
    keyed_hash(root, SLICE_LIT("muster form"), a->csrf_key);
    keyed_hash(root, SLICE_LIT("muster address"), wide);
    memcpy(a->address_key, wide, sizeof a->address_key);
    sodium_memzero(root, sizeof root);
}

void auth_hash(const struct auth *a, enum auth_secret kind, struct slice secret,
               char out[AUTH_ID_BYTES])
{
    unsigned char hash[HASH_BYTES];
    keyed_hash(a->keys[kind], secret, hash);
    to_base64(hash, HASH_BYTES, out, AUTH_ID_BYTES);
}

void auth_make_secret(char out[AUTH_SECRET_BYTES])
{
    unsigned char random[SECRET_RAW_BYTES];
    randombytes_buf(random, sizeof random);
    to_base64(random, sizeof random, out, AUTH_SECRET_BYTES);
}

/* ---- people of the configuration ---- */

static int name_ok(const struct auth_member *m, struct err *e)
{
    size_t n = strlen(m->name);
    if (n == 0 || n > AUTH_NAME_BYTES_MAX || strcmp(m->name, "local") == 0)
        return err_set(e, ERR_INVALID,
                       "people: '%s' cannot be a name: 1 to %d bytes, and not 'local'", m->name,
                       AUTH_NAME_BYTES_MAX);
    bool everywhere = m->everywhere || m->role == ROLE_OWNER;
    if (!everywhere && (m->group_count == 0 || m->group_count > MEMBER_GROUPS_MAX))
        return err_set(e, ERR_INVALID, "people: '%s' must belong to 1 to %d groups", m->name,
                       MEMBER_GROUPS_MAX);
    return 0;
}

static int members_ok(const struct auth_config *config, struct err *e)
{
    struct map *names = map_new(), *tokens = map_new();
    int r = 0;
    for (size_t i = 0; i < config->count && r == 0; i++) {
        const struct auth_member *m = &config->members[i];
        r = name_ok(m, e);
        if (r == 0 && map_put(names, slice_of(m->name), (void *)m))
            r = err_set(e, ERR_INVALID,
                        "people: there are two of the name '%s'; a claim would not tell them apart",
                        m->name);
        if (r == 0 && map_put(tokens, slice_of(m->token), (void *)m))
            r = err_set(e, ERR_INVALID,
                        "people: '%s' has the token of somebody else; give everyone their own",
                        m->name);
    }
    map_free(names);
    map_free(tokens);
    return r;
}

static void own_take(struct auth *a, enum roster_kind kind, const char *id, json_t *record)
{
    char *text = json_dumps(record, JSON_COMPACT);
    check(text);
    roster_take(a->own, kind, slice_of(id), slice_of(text));
    free(text);
    json_decref(record);
}

static void own_member(struct auth *a, const struct auth_member *m)
{
    char hash[AUTH_ID_BYTES];
    struct buf groups = BUF_INIT(64 * 1024);
    buf_add_cstr(&groups, "");
    for (size_t i = 0; i < m->group_count; i++)
        buf_addf(&groups, "%s%s", i ? "," : "", m->groups[i]);
    own_take(a, ROSTER_MEMBERS, m->name,
             json_pack("{s:s,s:s,s:s,s:b,s:s}", "name", m->name, "role", role_to_string(m->role),
                       "groups", groups.p, "everywhere", m->everywhere, "state", "in"));
    auth_hash(a, AUTH_TOKEN, slice_of(m->token), hash);
    own_take(a, ROSTER_TOKENS, hash, json_pack("{s:s}", "member", m->name));
    buf_done(&groups);
}

/* ---- life ---- */

int auth_new(const struct auth_config *config, struct auth **ret, struct err *e)
{
    check(sodium_init() >= 0);
    int r = members_ok(config, e);
    if (r < 0) return r;
    struct auth *a = xcalloc(1, sizeof *a);
    a->https = config->https;
    a->proxies = xcalloc(config->proxy_count, sizeof *a->proxies);
    a->proxy_count = config->proxy_count;
    if (config->proxy_count)
        memcpy(a->proxies, config->proxies, config->proxy_count * sizeof *a->proxies);
    a->slow = slow_new(config->loop);
    a->local =
        (struct member){.id = "local", .name = "local", .role = ROLE_OWNER, .everywhere = true};
    derive_keys(a, config->secret);
    a->roster = config->roster;
    if (!a->roster) {
        a->roster = a->own = roster_new();
        for (size_t i = 0; i < config->count; i++)
            own_member(a, &config->members[i]);
    }
    *ret = a;
    return 0;
}

void auth_free(struct auth *a)
{
    if (!a) return;
    roster_free(a->own);
    free(a->proxies);
    slow_free(a->slow);
    sodium_memzero(a, sizeof *a);
    free(a);
}

struct roster *auth_own_roster(struct auth *a)
{
    return a->own;
}

/* ---- where from, and failed attempts ---- */

static bool is_proxy(const struct auth *a, const struct net_address *address)
{
    for (size_t i = 0; i < a->proxy_count; i++)
        if (net_range_has(&a->proxies[i], address)) return true;
    return false;
}

/* Each proxy appends the peer that it saw: read from the end, up to the first that is no proxy of
 * ours. What stands before that is what a stranger says. */
static struct net_address address_of(const struct auth *a, const struct http_request *q)
{
    struct net_address peer = {{0}}, next;
    if (!net_address_read(http_request_peer(q), &peer)) return peer;
    struct slice rest = http_request_last_header(q, "X-Forwarded-For");
    while (is_proxy(a, &peer) && rest.n > 0) {
        size_t at = rest.n;
        while (at > 0 && rest.p[at - 1] != ',')
            at--;
        if (!net_address_read(slice_from(rest, at), &next)) break;
        peer = next;
        rest.n = at > 0 ? at - 1 : 0;
    }
    return peer;
}

struct slice auth_address(const struct auth *a, const struct http_request *q,
                          char out[AUTH_ADDRESS_BYTES])
{
    struct net_address from = address_of(a, q);
    return http_request_is_unix(q) ? SLICE_NONE : slice_of(net_address_write(&from, out));
}

uint64_t auth_short_key(const struct auth *a, struct slice of)
{
    unsigned char hash[crypto_shorthash_BYTES];
    uint64_t key;
    (void)crypto_shorthash(hash, (const unsigned char *)of.p, of.n, a->address_key);
    memcpy(&key, hash, sizeof key);
    return key;
}

uint64_t auth_address_key(const struct auth *a, const struct http_request *q)
{
    struct net_address from = address_of(a, q);
    return auth_short_key(a, net_home(&from));
}

static struct failures *failures_of(struct auth *a, const struct http_request *q, int64_t now_ms)
{
    uint64_t address = auth_address_key(a, q);
    struct failures *f = &a->failures[address % FAILURE_SLOTS];
    if (f->address != address || now_ms - f->since_ms >= AUTH_WINDOW_MS)
        *f = (struct failures){.address = address, .since_ms = now_ms};
    return f;
}

void auth_address_hash(const struct auth *a, const struct http_request *q, char out[AUTH_ID_BYTES])
{
    struct net_address from = address_of(a, q);
    auth_hash(a, AUTH_ADDRESS, net_home(&from), out);
}

/* The last byte of an IPv4 address is nobody's business, of an IPv6 one all behind a household's. */
void auth_address_words(const struct auth *a, const struct http_request *q,
                        char out[ROSTER_ADDRESS_BYTES_MAX])
{
    struct net_address from = address_of(a, q);
    const unsigned char *b = from.bytes;
    if (net_home(&from).n == NET_ADDRESS_BYTES)
        (void)snprintf(out, ROSTER_ADDRESS_BYTES_MAX, "%d.%d.%d.x", b[ADDRESS_4_AT],
                       b[ADDRESS_4_AT + 1], b[ADDRESS_4_AT + 2]);
    else
        (void)snprintf(out, ROSTER_ADDRESS_BYTES_MAX, "%x:%x:%x:…", b[0] << 8 | b[1],
                       b[2] << 8 | b[3], b[4] << 8 | b[5]);
}

/* ---- who it is ---- */

static const struct member *member_of_token_hash(struct auth *a, const char *hash, int64_t now_ms)
{
    const struct staff_token *t = roster_token(a->roster, slice_of(hash));
    if (!t || (t->until_ms && t->until_ms <= now_ms)) return NULL;
    const struct staff_member *m = roster_member(a->roster, slice_of(t->member));
    if (!staff_is_in(m, now_ms)) return NULL;
    if (!t->scopes) return &m->is;
    a->by_token = m->is;
    a->by_token.scopes = t->scopes;
    return &a->by_token;
}

/* Looked up by a keyed hash: the time that it takes tells nothing about anybody's token. */
static const struct member *member_of_token(struct auth *a, struct slice token, int64_t now_ms)
{
    char hash[AUTH_ID_BYTES];
    auth_hash(a, AUTH_TOKEN, token, hash);
    return token.n ? member_of_token_hash(a, hash, now_ms) : NULL;
}

enum auth_verdict auth_login(struct auth *a, const struct http_request *q, struct slice token,
                             int64_t now_ms, const struct member **ret_member)
{
    const struct member *m = member_of_token(a, token, now_ms);
    if (m) {
        *ret_member = m;
        return AUTH_OK;
    }
    struct failures *f = failures_of(a, q, now_ms);
    if (f->count >= AUTH_FAILURES_MAX) return AUTH_TOO_MANY;
    f->count++;
    return AUTH_WRONG;
}

void auth_refuse(struct auth *a, struct http_request *q)
{
    slow_refuse(a->slow, q);
}

bool auth_is_by_session(const struct http_request *q)
{
    return !http_request_is_unix(q) && http_request_header(q, "Authorization").n == 0 &&
           http_request_cookie(q, cookie_name).n > 0;
}

static const struct staff_session *session_of_hash(const struct auth *a, const char *hash,
                                                   int64_t now_ms)
{
    const struct staff_session *s = roster_session(a->roster, slice_of(hash));
    return s && now_ms < s->until_ms ? s : NULL;
}

const struct staff_session *auth_session(const struct auth *a, const struct http_request *q,
                                         int64_t now_ms)
{
    char hash[AUTH_ID_BYTES];
    if (!auth_is_by_session(q)) return NULL;
    auth_hash(a, AUTH_SESSION, http_request_cookie(q, cookie_name), hash);
    return session_of_hash(a, hash, now_ms);
}

static enum auth_verdict check_session(const struct auth *a, const struct staff_session *s,
                                       int64_t now_ms, const struct member **ret_member)
{
    const struct staff_member *m = s ? roster_member(a->roster, slice_of(s->member)) : NULL;
    if (!m) return AUTH_ABSENT;
    *ret_member = &m->is;
    if (staff_is_in(m, now_ms)) return AUTH_OK;
    return m->state == STAFF_WAITING && now_ms < m->until_ms ? AUTH_WAITING : AUTH_ABSENT;
}

/* The token of `Authorization: Bearer TOKEN`; none when that is something else. */
static struct slice bearer_of(struct slice header)
{
    struct slice scheme;
    bool ok = slice_cut(&header, ' ', &scheme) && slice_is_nocase(scheme, "Bearer");
    return ok ? slice_trim(header) : SLICE_NONE;
}

const struct member *auth_glance(struct auth *a, const struct http_request *q, int64_t now_ms)
{
    if (http_request_is_unix(q)) return &a->local;
    return member_of_token(a, bearer_of(http_request_header(q, "Authorization")), now_ms);
}

enum auth_verdict auth_check(struct auth *a, const struct http_request *q, int64_t now_ms,
                             const struct member **ret_member)
{
    if (http_request_is_unix(q)) {
        *ret_member = &a->local;
        return AUTH_OK;
    }
    struct slice header = http_request_header(q, "Authorization");
    if (header.n) return auth_login(a, q, bearer_of(header), now_ms, ret_member);
    return check_session(a, auth_session(a, q, now_ms), now_ms, ret_member);
}

void auth_pass_of(const struct auth *a, const struct http_request *q, struct auth_pass *ret)
{
    ret->is_local = http_request_is_unix(q);
    ret->kind = auth_is_by_session(q) ? AUTH_SESSION : AUTH_TOKEN;
    struct slice secret = ret->kind == AUTH_SESSION
                              ? http_request_cookie(q, cookie_name)
                              : bearer_of(http_request_header(q, "Authorization"));
    ret->hash[0] = '\0';
    if (secret.n) auth_hash(a, ret->kind, secret, ret->hash);
}

const struct member *auth_pass_member(struct auth *a, const struct auth_pass *pass, int64_t now_ms)
{
    const struct member *m = NULL;
    if (pass->is_local) return &a->local;
    if (pass->kind == AUTH_TOKEN) return member_of_token_hash(a, pass->hash, now_ms);
    const struct staff_session *s = session_of_hash(a, pass->hash, now_ms);
    return check_session(a, s, now_ms, &m) == AUTH_OK ? m : NULL;
}

/* ---- cookies ---- */

static void write_cookie(const struct auth *a, const char *name, const char *value, int64_t seconds,
                         char out[AUTH_COOKIE_BYTES])
{
    int n = snprintf(out, AUTH_COOKIE_BYTES,
                     "%s=%s; Path=/; Max-Age=%" PRId64 "; HttpOnly; SameSite=Lax%s", name, value,
                     seconds, a->https ? "; Secure" : "");
    check(n > 0 && n < AUTH_COOKIE_BYTES);
}

void auth_cookie(const struct auth *a, const char *secret, int64_t seconds,
                 char out[AUTH_COOKIE_BYTES])
{
    write_cookie(a, cookie_name, secret, seconds, out);
}

void auth_wanted(const struct auth *a, const char *page, int64_t seconds,
                 char out[AUTH_COOKIE_BYTES])
{
    write_cookie(a, wanted_name, page, seconds, out);
}

struct slice auth_wanted_of(const struct http_request *q)
{
    return http_request_cookie(q, wanted_name);
}

void auth_cookie_end(const struct auth *a, char out[AUTH_COOKIE_BYTES])
{
    auth_cookie(a, "", 0, out);
}

/* ---- forms ---- */

void auth_csrf(const struct auth *a, const struct http_request *q, char out[AUTH_CSRF_BYTES])
{
    struct slice cookie = http_request_cookie(q, cookie_name);
    out[0] = '\0';
    if (cookie.n == 0) return;
    unsigned char mac[HASH_BYTES];
    keyed_hash(a->csrf_key, cookie, mac);
    to_base64(mac, HASH_BYTES, out, AUTH_CSRF_BYTES);
}

bool auth_csrf_ok(const struct auth *a, const struct http_request *q, struct slice value)
{
    if (http_request_is_unix(q) || http_request_header(q, "Authorization").n) return true;
    char expected[AUTH_CSRF_BYTES];
    auth_csrf(a, q, expected);
    return expected[0] && value.n == strlen(expected) &&
           sodium_memcmp(value.p, expected, value.n) == 0;
}
