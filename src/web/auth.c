#include "web/auth.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>

#include "base/map.h"
#include "slow.h"
#include "store/sessions.h"

enum {
    KEY_BYTES = 32,
    HASH_BYTES = 32,
    HASH_TEXT_BYTES = 48, /* base64url of HASH_BYTES and NUL, rounded up */
    NAME_TEXT_BYTES = AUTH_NAME_BYTES_MAX * 2,
    FAILURE_SLOTS = 4096,
    NONCE_BYTES = 16,
    NONCE_TEXT_BYTES = 24,
};

static const char cookie_name[] = "muster_session";

struct holder { /* of a token */
    struct member member;
    unsigned char token_hash[HASH_BYTES];
};

/* Failed attempts of one address since `since_ms`. Addresses that fall into one slot push each
 * other out, which forgets failures and never locks out a stranger. */
struct failures {
    unsigned char address[crypto_shorthash_BYTES];
    int64_t since_ms;
    int count;
};

struct auth {
    unsigned char token_key[KEY_BYTES], session_key[KEY_BYTES], csrf_key[KEY_BYTES],
        id_key[KEY_BYTES];
    unsigned char address_key[crypto_shorthash_KEYBYTES];
    bool https;
    struct net_range *proxies;
    size_t proxy_count;
    struct slow *slow;
    struct sessions *sessions;
    struct holder *holders;
    size_t count;
    struct map *by_name, *by_token; /* → struct holder */
    struct member local;
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

/* ---- who there is ---- */

static void derive_keys(struct auth *a, const char *secret)
{
    unsigned char root[KEY_BYTES], wide[KEY_BYTES];
    (void)crypto_generichash(root, sizeof root, (const unsigned char *)secret, strlen(secret), NULL,
                             0);
    keyed_hash(root, SLICE_LIT("muster token"), a->token_key);
    keyed_hash(root, SLICE_LIT("muster session"), a->session_key);
    keyed_hash(root, SLICE_LIT("muster form"), a->csrf_key);
    keyed_hash(root, SLICE_LIT("muster session id"), a->id_key);
    keyed_hash(root, SLICE_LIT("muster address"), wide);
    memcpy(a->address_key, wide, sizeof a->address_key);
    sodium_memzero(root, sizeof root);
}

static struct slice hash_slice(const struct holder *h)
{
    return slice_make(h->token_hash, HASH_BYTES);
}

static const char *const *dup_groups(const struct auth_member *m)
{
    const char **groups = xcalloc(m->group_count, sizeof *groups);
    for (size_t i = 0; i < m->group_count; i++)
        groups[i] = xstrdup(m->groups[i]);
    return groups;
}

static int add_member(struct auth *a, const struct auth_member *m, struct holder *h, struct err *e)
{
    struct slice name = slice_of(m->name);
    if (name.n == 0 || name.n > AUTH_NAME_BYTES_MAX || strcmp(m->name, "local") == 0)
        return err_set(e, ERR_INVALID,
                       "people: '%s' cannot be a name: 1 to %d bytes, and not 'local'", m->name,
                       AUTH_NAME_BYTES_MAX);
    bool everywhere = m->everywhere || m->role == ROLE_OWNER;
    if (!everywhere && (m->group_count == 0 || m->group_count > MEMBER_GROUPS_MAX))
        return err_set(e, ERR_INVALID, "people: '%s' must belong to 1 to %d groups", m->name,
                       MEMBER_GROUPS_MAX);
    h->member = (struct member){.id = xstrdup(m->name),
                                .name = xstrdup(m->name),
                                .role = m->role,
                                .everywhere = everywhere,
                                .groups = everywhere ? NULL : dup_groups(m),
                                .group_count = everywhere ? 0 : m->group_count};
    keyed_hash(a->token_key, slice_of(m->token), h->token_hash);
    a->count++;
    if (map_get(a->by_name, name))
        return err_set(e, ERR_INVALID,
                       "people: there are two of the name '%s'; a claim would not tell them apart",
                       m->name);
    if (map_get(a->by_token, hash_slice(h)))
        return err_set(e, ERR_INVALID,
                       "people: '%s' has the token of somebody else; give everyone their own",
                       m->name);
    (void)map_put(a->by_name, name, h);
    (void)map_put(a->by_token, hash_slice(h), h);
    return 0;
}

int auth_new(const struct auth_config *config, struct auth **ret, struct err *e)
{
    check(sodium_init() >= 0);
    struct auth *a = xcalloc(1, sizeof *a);
    a->https = config->https;
    a->proxies = xcalloc(config->proxy_count, sizeof *a->proxies);
    a->proxy_count = config->proxy_count;
    if (config->proxy_count)
        memcpy(a->proxies, config->proxies, config->proxy_count * sizeof *a->proxies);
    a->sessions = config->sessions;
    a->slow = slow_new(config->loop);
    a->by_name = map_new();
    a->by_token = map_new();
    a->holders = xcalloc(config->count + 1, sizeof *a->holders);
    a->local =
        (struct member){.id = "local", .name = "local", .role = ROLE_OWNER, .everywhere = true};
    derive_keys(a, config->secret);
    int r = 0;
    for (size_t i = 0; i < config->count && r == 0; i++)
        r = add_member(a, &config->members[i], &a->holders[i], e);
    if (r < 0) {
        auth_free(a);
        return r;
    }
    *ret = a;
    return 0;
}

static void member_done(struct member *m)
{
    free((char *)m->id);
    free((char *)m->name);
    for (size_t i = 0; i < m->group_count; i++)
        free((char *)m->groups[i]);
    free((void *)m->groups);
}

void auth_free(struct auth *a)
{
    if (!a) return;
    for (size_t i = 0; i < a->count; i++)
        member_done(&a->holders[i].member);
    free(a->holders);
    free(a->proxies);
    slow_free(a->slow);
    map_free(a->by_name);
    map_free(a->by_token);
    sodium_memzero(a, sizeof *a);
    free(a);
}

/* ---- failed attempts ---- */

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

static struct failures *failures_of(struct auth *a, const struct http_request *q, int64_t now_ms)
{
    struct net_address from = address_of(a, q);
    struct slice address = net_home(&from);
    unsigned char hash[crypto_shorthash_BYTES];
    (void)crypto_shorthash(hash, (const unsigned char *)address.p, address.n, a->address_key);
    struct failures *f = &a->failures[(hash[0] | hash[1] << 8) % FAILURE_SLOTS];
    if (memcmp(f->address, hash, sizeof hash) != 0 || now_ms - f->since_ms >= AUTH_WINDOW_MS) {
        *f = (struct failures){.since_ms = now_ms};
        memcpy(f->address, hash, sizeof hash);
    }
    return f;
}

/* Looked up by a keyed hash: the time that it takes tells nothing about anybody's token. */
static const struct holder *holder_of_token(const struct auth *a, struct slice token)
{
    unsigned char hash[HASH_BYTES];
    keyed_hash(a->token_key, token, hash);
    return token.n ? map_get(a->by_token, slice_make(hash, sizeof hash)) : NULL;
}

enum auth_verdict auth_login(struct auth *a, const struct http_request *q, struct slice token,
                             int64_t now_ms, const struct member **ret_member)
{
    const struct holder *h = holder_of_token(a, token);
    if (h) {
        *ret_member = &h->member;
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

/* ---- sessions ---- */

static void session_mac(const struct auth *a, const struct holder *h, struct slice signed_part,
                        char out[HASH_TEXT_BYTES])
{
    unsigned char mac[HASH_BYTES];
    crypto_generichash_state s;
    (void)crypto_generichash_init(&s, a->session_key, KEY_BYTES, HASH_BYTES);
    (void)crypto_generichash_update(&s, h->token_hash, HASH_BYTES);
    (void)crypto_generichash_update(&s, (const unsigned char *)signed_part.p, signed_part.n);
    (void)crypto_generichash_final(&s, mac, HASH_BYTES);
    to_base64(mac, HASH_BYTES, out, HASH_TEXT_BYTES);
}

void auth_session_begin(const struct auth *a, const struct member *member, int64_t now_ms,
                        char out[AUTH_COOKIE_BYTES])
{
    const struct holder *h = map_get(a->by_name, slice_of(member->name));
    check(h);
    unsigned char random[NONCE_BYTES]; /* two sessions of one second are two */
    char name[NAME_TEXT_BYTES], nonce[NONCE_TEXT_BYTES], mac[HASH_TEXT_BYTES];
    char part[NAME_TEXT_BYTES + NONCE_TEXT_BYTES + 24];
    randombytes_buf(random, sizeof random);
    to_base64(random, sizeof random, nonce, sizeof nonce);
    to_base64(member->name, strlen(member->name), name, sizeof name);
    int n = snprintf(part, sizeof part, "%s.%" PRId64 ".%s", name, now_ms / 1000 + AUTH_SESSION_S,
                     nonce);
    check(n > 0 && (size_t)n < sizeof part);
    session_mac(a, h, slice_make(part, (size_t)n), mac);
    n = snprintf(out, AUTH_COOKIE_BYTES, "%s=%s.%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax%s",
                 cookie_name, part, mac, AUTH_SESSION_S, a->https ? "; Secure" : "");
    check(n > 0 && n < AUTH_COOKIE_BYTES);
}

void auth_session_end(const struct auth *a, char out[AUTH_COOKIE_BYTES])
{
    (void)snprintf(out, AUTH_COOKIE_BYTES, "%s=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax%s",
                   cookie_name, a->https ? "; Secure" : "");
}

static const struct holder *holder_of_name(const struct auth *a, struct slice base64)
{
    char name[NAME_TEXT_BYTES];
    size_t n = 0;
    if (sodium_base642bin((unsigned char *)name, sizeof name, base64.p, base64.n, NULL, &n, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return NULL;
    return map_get(a->by_name, slice_make(name, n));
}

static void session_id(const struct auth *a, struct slice cookie, char out[AUTH_ID_BYTES])
{
    unsigned char hash[HASH_BYTES];
    keyed_hash(a->id_key, cookie, hash);
    to_base64(hash, HASH_BYTES, out, AUTH_ID_BYTES);
}

/* "name.end.nonce.mac", well made and not over by itself. */
static const struct holder *read_cookie(const struct auth *a, struct slice cookie, int64_t now_ms,
                                        int64_t *ret_end_ms)
{
    struct slice rest = cookie, name, end, nonce;
    uint64_t end_s;
    if (!slice_cut(&rest, '.', &name) || !slice_cut(&rest, '.', &end) ||
        !slice_cut(&rest, '.', &nonce) || !rest.p)
        return NULL;
    if (!slice_to_u64(end, INT64_MAX / 1000, &end_s)) return NULL;
    const struct holder *h = name.n ? holder_of_name(a, name) : NULL;
    if (!h) return NULL;
    char mac[HASH_TEXT_BYTES];
    session_mac(a, h, slice_make(cookie.p, name.n + 1 + end.n + 1 + nonce.n), mac);
    if (rest.n != strlen(mac) || sodium_memcmp(rest.p, mac, rest.n) != 0) return NULL;
    *ret_end_ms = (int64_t)end_s * 1000;
    return *ret_end_ms > now_ms ? h : NULL;
}

static const struct holder *read_session(const struct auth *a, const struct http_request *q,
                                         int64_t now_ms, char out_id[AUTH_ID_BYTES],
                                         int64_t *ret_end_ms)
{
    struct slice cookie = http_request_cookie(q, cookie_name);
    const struct holder *h = read_cookie(a, cookie, now_ms, ret_end_ms);
    if (!h) return NULL;
    session_id(a, cookie, out_id);
    return a->sessions && sessions_has_ended(a->sessions, slice_of(out_id)) ? NULL : h;
}

bool auth_session_of(const struct auth *a, const struct http_request *q, int64_t now_ms,
                     char out_id[AUTH_ID_BYTES], int64_t *ret_end_ms)
{
    return read_session(a, q, now_ms, out_id, ret_end_ms) != NULL;
}

bool auth_is_by_session(const struct http_request *q)
{
    return !http_request_is_unix(q) && http_request_header(q, "Authorization").n == 0 &&
           http_request_cookie(q, cookie_name).n > 0;
}

/* The token of `Authorization: Bearer TOKEN`; none when that is something else. */
static struct slice bearer_of(struct slice header)
{
    struct slice scheme;
    bool ok = slice_cut(&header, ' ', &scheme) && slice_is_nocase(scheme, "Bearer");
    return ok ? slice_trim(header) : SLICE_NONE;
}

const struct member *auth_glance(const struct auth *a, const struct http_request *q)
{
    if (http_request_is_unix(q)) return &a->local;
    const struct holder *h = holder_of_token(a, bearer_of(http_request_header(q, "Authorization")));
    return h ? &h->member : NULL;
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
    char id[AUTH_ID_BYTES];
    int64_t end_ms;
    const struct holder *h = read_session(a, q, now_ms, id, &end_ms);
    if (!h) return AUTH_ABSENT;
    *ret_member = &h->member;
    return AUTH_OK;
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
