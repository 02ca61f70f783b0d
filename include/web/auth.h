#pragma once
/* Who is asking. Three ways in: the unix socket (whoever may open its file is the owner "local"), a
 * token in `Authorization: Bearer …`, and the session cookie of a device that somebody signed in on.
 *
 * Tokens and cookies are known by keyed hashes only, in the roster (store/roster.h), a copy in memory: so a check
 * asks nobody, and who is revoked, or whose session or token ended, is out as soon as the copy says
 * so. Forms carry a MAC over the cookie (CSRF). Failed attempts are counted by address (of IPv6 by
 * /64) in a table of fixed size. */
#include "base/err.h"
#include "base/slice.h"
#include "core/access.h"
#include "core/net.h"
#include "io/http_server.h"
#include "io/loop.h"
#include "store/roster.h"

struct auth;

struct auth_member { /* of muster.yaml; borrowed for the call */
    const char *name, *token;
    enum role role;
    const char *const *groups; /* of who is no owner and not everywhere: 1…MEMBER_GROUPS_MAX */
    size_t group_count;
    bool everywhere; /* owners are, whatever it says */
};
struct auth_config { /* borrowed for the call */
    const char *secret;
    const struct auth_member *members;
    size_t count;
    bool https; /* the public address is https: cookies are for it only */
    /* Peers whose X-Forwarded-For is believed: it names the peer of the one that wrote it. */
    const struct net_range *proxies;
    size_t proxy_count;
    /* Who there is; borrowed for the life. NULL: the members above, as they are (tests). */
    const struct roster *roster;
    struct loop *loop; /* wrong tokens wait on it (see auth_refuse); NULL: they do not. For life */
};

enum {
    AUTH_COOKIE_BYTES = 256,
    AUTH_CSRF_BYTES = 48,
    AUTH_ID_BYTES = 48,     /* of a hash, in base64url */
    AUTH_SECRET_BYTES = 48, /* of a token, a code, a session's cookie */
    AUTH_SESSION_S = 7 * 24 * 3600,
    AUTH_NAME_BYTES_MAX = ROSTER_NAME_BYTES_MAX,
    AUTH_FAILURES_MAX = 10, /* from one address in: */
    AUTH_WINDOW_MS = 15 * 60 * 1000,
};

/* ERR_INVALID: two members of one name or token, an empty or long name, the name "local", or a
 * number of groups that is not allowed. */
int auth_new(const struct auth_config *config, struct auth **ret, struct err *e) MUST_USE;
void auth_free(struct auth *a); /* NULL is fine */
/* The roster that was made of the members; NULL when the configuration had one. For tests. */
struct roster *auth_own_roster(struct auth *a);

enum auth_verdict {
    AUTH_OK,
    AUTH_ABSENT,   /* nothing was shown, or a session that is over: 401, log in */
    AUTH_WAITING,  /* a session of somebody whom nobody has approved yet */
    AUTH_WRONG,    /* 401 */
    AUTH_TOO_MANY, /* wrong, as too many before it from this address: auth_refuse. A right one is
                      taken whatever came before. */
};
/* *ret_member with AUTH_OK, and AUTH_WAITING: borrowed until the next call of these or the loop turns,
 * whichever comes first; member_copy keeps it. */
enum auth_verdict auth_check(struct auth *a, const struct http_request *q, int64_t now_ms,
                             const struct member **ret_member);
/* The member by token, or by socket, or NULL; counts nothing. For a look before the body comes. */
const struct member *auth_glance(struct auth *a, const struct http_request *q, int64_t now_ms);
/* Responds with 429 in a while: what guessing costs. */
void auth_refuse(struct auth *a, struct http_request *q);
/* The same as auth_check for a token typed into the login page. */
enum auth_verdict auth_login(struct auth *a, const struct http_request *q, struct slice token,
                             int64_t now_ms, const struct member **ret_member);
/* The session that the request shows and nothing better, whoever's it is; NULL: it shows none that
 * stands. Borrowed like a member. */
const struct staff_session *auth_session(const struct auth *a, const struct http_request *q,
                                         int64_t now_ms);
/* Whether the request shows a cookie, standing or not, and nothing better. */
bool auth_is_by_session(const struct http_request *q);

/* Where a request came from, through the proxies that are believed: "192.0.2.1", "2001:db8::1"; none on the socket. Written to
 * out. */
enum { AUTH_ADDRESS_BYTES = 48 };
struct slice auth_address(const struct auth *a, const struct http_request *q,
                          char out[AUTH_ADDRESS_BYTES]);

/* ---- secrets, and what the store knows of them ---- */

enum auth_secret { AUTH_TOKEN, AUTH_SESSION, AUTH_CODE, AUTH_ADDRESS, AUTH_SECRETS };
/* What a request shows who it is by. Who asks about one request again and again keeps this: the hash is made once, and who it
 * is, and whether they may still come in, is looked up each time. */
struct auth_pass {
    bool is_local; /* it came over the socket */
    enum auth_secret kind;
    char hash[AUTH_ID_BYTES]; /* "": it shows nothing */
};
void auth_pass_of(const struct auth *a, const struct http_request *q, struct auth_pass *ret);
/* NULL: lets nobody in, or nobody any more. Borrowed as from auth_check; counts nothing. */
const struct member *auth_pass_member(struct auth *a, const struct auth_pass *pass, int64_t now_ms);

/* A new one, random, as text with a zero at its end. */
void auth_make_secret(char out[AUTH_SECRET_BYTES]);
/* What the store knows it by: a keyed hash as text, another one for each kind. */
void auth_hash(const struct auth *a, enum auth_secret kind, struct slice secret,
               char out[AUTH_ID_BYTES]);

/* The value of Set-Cookie for a session that was begun and lasts so long, and the one that ends it.
 */
void auth_cookie(const struct auth *a, const char *secret, int64_t seconds,
                 char out[AUTH_COOKIE_BYTES]);
void auth_cookie_end(const struct auth *a, char out[AUTH_COOKIE_BYTES]);

/* The page that somebody wanted who has to log in first; seconds 0: none is any more. The value has no blanks and no ';'. */
enum { AUTH_WANTED_BYTES = 160 };
void auth_wanted(const struct auth *a, const char *page, int64_t seconds,
                 char out[AUTH_COOKIE_BYTES]);
struct slice auth_wanted_of(const struct http_request *q); /* as it came: anybody may have set it */

/* A keyed number that stands for these bytes. */
uint64_t auth_short_key(const struct auth *a, struct slice of);
/* The same for where the request comes from: of IPv6 the /64. */
uint64_t auth_address_key(const struct auth *a, const struct http_request *q);
/* Where the request comes from: a keyed hash, and in words that are coarse ("192.0.2.x"). */
void auth_address_hash(const struct auth *a, const struct http_request *q, char out[AUTH_ID_BYTES]);
void auth_address_words(const struct auth *a, const struct http_request *q,
                        char out[ROSTER_ADDRESS_BYTES_MAX]);

/* ---- forms ---- */

/* What forms of this session must carry; "" when the request has no session. */
void auth_csrf(const struct auth *a, const struct http_request *q, char out[AUTH_CSRF_BYTES]);
/* Whether a change may be made for this request: it was authorised by socket or token, which no
 * other site can make a browser send, or it carries the session's value. */
bool auth_csrf_ok(const struct auth *a, const struct http_request *q, struct slice value);
