#pragma once
/* Groups as things of the store: what each is called, where its people are, when they are texted and
 * by which accounts. A group is there as soon as something is its (an audience, a conversation);
 * what is not said of it, the organisation says. Every process keeps a copy (store/follow.h), which
 * is asked at once.
 *
 * Callbacks run once, from the loop, when the copy here has the change, too. */
#include "base/buf.h"
#include "core/group.h"
#include "io/loop.h"
#include "store/deed.h"
#include "store/store.h"

struct groups;

enum {
    GROUPS_MAX = 1000,
    GROUP_TITLE_BYTES_MAX = 128,
    GROUP_ANSWER_BYTES_MAX = 480,
    GROUP_GATEWAYS_MAX = 64,
    GROUP_LENDS_MAX = 16,
    GROUP_TWINS_MAX = 8,
    GROUP_SENDERS_MAX = 64,
    GROUP_STOP_WORDS_MAX = 32,
    GROUP_STOP_WORD_BYTES_MAX = 128,
    GROUP_ANSWER_MINUTES_MAX = 24 * 60,
    GROUPS_TARGETS_BYTES_MAX = GROUPS_MAX * (GROUP_BYTES_MAX + 12),
};

/* Borrowed from the copy until the loop turns. Texts are "" where nothing is said. */
struct group_info {
    const char *name, *title;
    const char *country;         /* "GB": of numbers without + */
    const char *zone;            /* "Europe/London": where its people are */
    const char *language;        /* "cy" */
    const char *hours;           /* core/hours.h */
    const char *month_budget;    /* what its campaigns may cost in a month, "500.00 GBP" */
    const char *const *gateways; /* that its campaigns may use; none: any */
    size_t gateway_count;
    const char *const *senders; /* numbers or names that its messages leave from; none: any */
    size_t sender_count;
    const char *const
        *stop_words; /* phrases of its own that mean STOP when people of it say them */
    size_t stop_word_count;
    /* What it says to STOP and to HELP; "" = what the organisation says. */
    const char *stop_confirmation, *help_answer;
    /* The account that texts who comes somewhere; "" = the organisation's. */
    const char *pledge_gateway;
    const uint32_t *twins; /* ids of the places that it adopted, each once */
    size_t twin_count;
    bool helps; /* its volunteers answer the people of the groups whose places these are, where
                                   those groups let them */
    const char *const *lends; /* groups whose volunteers may answer its people */
    size_t lends_count;
    /* [minutes] in so long its people are to be answered; 0 = as the organisation says */
    uint32_t answer_within;
    int64_t created_ms; /* [wall ms]; 0: it appeared by itself */
};

struct groups *groups_new(struct loop *l, struct store *s); /* returns owned; both borrowed */
void groups_free(struct groups *g);                         /* NULL is fine */
bool groups_are_read(const struct groups *g);               /* once, since the start */
/* Another number after each change of the copy. */
uint64_t groups_version(const struct groups *g);

/* g NULL in the next five: nothing is said of any group. */
/* NULL: there is no such group. */
const struct group_info *groups_find(const struct groups *g, struct slice name);
/* Those that somebody reaches, by name; owned array of borrowed ones. */
const struct group_info **groups_list(const struct groups *g, const struct group_set *reach,
                                      size_t *ret_n);
/* Whether campaigns of that group (which need not be there) may leave through that account. */
bool groups_may_use(const struct groups *g, struct slice group, struct slice gateway);

/* In how long somebody of that group is to be answered [ms]: by their campaign, else by the group, else `usual_ms`. campaign_ms: 0 =
 * the campaign does not say. */
int64_t groups_target_ms(const struct groups *g, struct slice group, int64_t campaign_ms,
                         int64_t usual_ms);
/* "leeds=600000 york=3600000" [ms] onto out, of those within `reach` that say it themselves: for scripts (conv_targets.lua). At most
 * GROUPS_TARGETS_BYTES_MAX. */
void groups_targets(const struct groups *g, const struct group_set *reach, struct buf *out);

/* What is to become of a group; a NULL list or a text with p NULL stays as it is. */
struct group_change {
    struct slice name; /* group_ok */
    bool is_new;       /* else it is there already */
    struct slice title, country, zone, language, hours, month_budget, stop_confirmation,
        help_answer, pledge_gateway;
    const struct slice *gateways;
    size_t gateway_count;
    bool gateways_said;
    const struct slice *senders;
    size_t sender_count;
    bool senders_said;
    const struct slice *stop_words;
    size_t stop_word_count;
    bool stop_words_said;
    const uint32_t *twins; /* each once */
    size_t twin_count;
    bool twins_said;
    bool helps, helps_said;
    const struct slice *lends;
    size_t lends_count;
    bool lends_said;
    uint32_t answer_within; /* [minutes] 0…GROUP_ANSWER_MINUTES_MAX */
    bool answer_within_said;
};
/* ERR_EXISTS: is_new, and it is there. ERR_NOT_FOUND. ERR_CONFLICT: there are GROUPS_MAX. */
void groups_change(struct groups *g, const struct group_change *change, struct deed deed,
                   store_done_cb *cb, void *arg);
/* ERR_CONFLICT: something is still its; the text says what. */
void groups_remove(struct groups *g, struct slice name, struct deed deed, store_done_cb *cb,
                   void *arg);
