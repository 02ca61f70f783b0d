#pragma once
/* Who is asking. Three ways in: the unix socket (its file mode is the lock; whoever reaches it is
 * the owner "local"), a token in `Authorization: Bearer …`, and the session cookie that the
 * login page gives for a token.
 *
 * A session is name, end, a random word and a MAC over them and the member's token, so there is no
 * table of sessions, any web process can read it, and a changed token or a removed member ends it;
 * logging out ends it by its id (store/sessions.h). Forms
 * carry a second MAC over the cookie (CSRF). Failed attempts are counted by address (of IPv6 by
 * /64) in a table of fixed size. */
#include "base/err.h"
#include "base/slice.h"
#include "core/access.h"
#include "core/net.h"
#include "io/http_server.h"
#include "io/loop.h"

struct auth;
struct sessions;

struct auth_member { /* borrowed for the call */
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
    struct sessions *sessions; /* that ended; borrowed for the life; NULL: none does */
    struct loop *loop; /* wrong tokens wait on it (see auth_refuse); NULL: they do not. For life */
};

enum {
    AUTH_COOKIE_BYTES = 1024,
    AUTH_CSRF_BYTES = 48,
    AUTH_ID_BYTES = 48,
    AUTH_SESSION_S = 7 * 24 * 3600,
    AUTH_NAME_BYTES_MAX = 64,
    AUTH_FAILURES_MAX = 10, /* from one address in: */
    AUTH_WINDOW_MS = 15 * 60 * 1000,
};

/* ERR_INVALID: two members of one name or token, an empty or long name, the name "local", or a
 * number of groups that is not allowed. */
int auth_new(const struct auth_config *config, struct auth **ret, struct err *e) MUST_USE;
void auth_free(struct auth *a); /* NULL is fine */

enum auth_verdict {
    AUTH_OK,
    AUTH_ABSENT,   /* nothing was shown, or a session that is over: 401, log in */
    AUTH_WRONG,    /* 401 */
    AUTH_TOO_MANY, /* wrong, as too many before it from this address: auth_refuse. A right one is
                      taken whatever came before. */
};
/* *ret_member with AUTH_OK only; borrowed from auth. */
enum auth_verdict auth_check(struct auth *a, const struct http_request *q, int64_t now_ms,
                             const struct member **ret_member);
/* The member by token, or by socket, or NULL; counts nothing. For a look before the body comes. */
const struct member *auth_glance(const struct auth *a, const struct http_request *q);
/* Responds with 429 in a while: what guessing costs. */
void auth_refuse(struct auth *a, struct http_request *q);
/* The same as auth_check for a token typed into the login page. */
enum auth_verdict auth_login(struct auth *a, const struct http_request *q, struct slice token,
                             int64_t now_ms, const struct member **ret_member);

/* The value of Set-Cookie that begins a session, and the one that ends it. */
void auth_session_begin(const struct auth *a, const struct member *member, int64_t now_ms,
                        char out[AUTH_COOKIE_BYTES]);
void auth_session_end(const struct auth *a, char out[AUTH_COOKIE_BYTES]);
/* The session that stands and that the request shows: its id, and when it ends by itself. */
bool auth_session_of(const struct auth *a, const struct http_request *q, int64_t now_ms,
                     char out_id[AUTH_ID_BYTES], int64_t *ret_end_ms);
/* Whether the request shows a cookie, standing or not, and nothing better. */
bool auth_is_by_session(const struct http_request *q);

/* What forms of this session must carry; "" when the request has no session. */
void auth_csrf(const struct auth *a, const struct http_request *q, char out[AUTH_CSRF_BYTES]);
/* Whether a change may be made for this request: it was authorised by socket or token, which no
 * other site can make a browser send, or it carries the session's value. */
bool auth_csrf_ok(const struct auth *a, const struct http_request *q, struct slice value);
