#pragma once
/* A cascade: the page of a campaign that people pass on, and its links (docs/adr/0054). Link 1 is the
 * organiser's own, of generation 0. Whoever opens a link gets one of their own, a generation deeper.
 * What is kept of a link is 12 bytes: whose link was opened, which generation, how often it was opened
 * and passed on, and how many said under it that they come. Nothing is kept of a person.
 *
 * What happens in a turn of the loop goes to Redis in one call. Callbacks run once, from the loop. */
#include "core/group.h"
#include "io/loop.h"
#include "store/deed.h"
#include "store/store.h"

struct cascades;

enum {
    CASCADES_MAX = 1000, /* that go on at a time */
    CASCADE_TITLE_BYTES_MAX = 100,
    CASCADE_TEXT_BYTES_MAX = 600,
    CASCADE_ROOT = 1,             /* the number of the organiser's own link */
    CASCADE_LINKS_MAX = 2000000,  /* of a campaign: 24 MB; who opens then passes on the same link */
    CASCADE_CHILDREN_MAX = 50000, /* of a link but the first, the same */
    CASCADE_GENERATIONS = 32,     /* that are counted; the last is "and later" */
    CASCADE_BARS_MAX = 90,        /* see minutes_note.lua */
    CASCADE_TREE_MAX = 400,       /* links in a tree */
    CASCADE_SHARES_MAX = 0xffff,  /* of one link; more are not counted with it */
    CASCADE_LINK_OPENS_MAX = 0xffffff,
};

struct cascades *cascades_new(struct loop *l, struct store *s); /* returns owned; both borrowed */
/* The store's calls have ended before, and what waits is given up (ERR_UNREACHABLE). NULL is fine. */
void cascades_free(struct cascades *c);
/* c NULL in the next three: there are none. It was read once. */
bool cascades_are_read(const struct cascades *c);

/* Borrowed from this process' copy until the loop turns. */
struct cascade {
    uint32_t campaign;
    const char *group, *title, *text; /* text: what people pass on, without the link */
    int64_t until_ms;                 /* [wall ms] then it is over; 0: it is not */
    uint64_t version;                 /* another one whenever something else is said */
};
/* NULL: that campaign has none that goes on. */
const struct cascade *cascades_find(const struct cascades *c, uint32_t campaign);
/* Those of the groups that somebody reaches, by campaign; at most max. Returns how many. */
size_t cascades_list(const struct cascades *c, const struct group_set *reach,
                     const struct cascade **out, size_t max);

/* Begins one, or says something else of it; its links stay what they were. All of `cascade` but
 * version is read. ERR_CONFLICT: CASCADES_MAX go on. */
void cascades_put(struct cascades *c, const struct cascade *cascade, struct deed deed,
                  store_done_cb *cb, void *arg);
/* Its links lead to nothing from now on; its counts stay. ERR_NOT_FOUND. */
void cascades_end(struct cascades *c, uint32_t campaign, struct deed deed, store_done_cb *cb,
                  void *arg);

/* ---- what happens with links ---- */

/* `mine`: the opener's own link; where no more are made, the one that was opened. */
typedef void cascade_open_cb(void *arg, int result, uint32_t mine);
/* A person opened a link. One that is not there (the store went back) counts as the first. */
void cascades_open(struct cascades *c, uint32_t campaign, uint32_t link, int64_t now_ms,
                   cascade_open_cb *cb, void *arg);

enum cascade_note {
    CASCADE_SHARED,  /* it was passed on */
    CASCADE_PLEDGED, /* somebody said under it that they come */
    CASCADE_PROGRAM, /* a program looked at it (core/crawler.h) */
    CASCADE_OVER,    /* it was opened too often from one place: nothing else is counted */
};
/* Nobody is told: it counts when Redis takes it. */
void cascades_note(struct cascades *c, uint32_t campaign, uint32_t link, enum cascade_note note,
                   int64_t now_ms);

/* ---- what came of it ---- */

struct cascade_sums {
    uint64_t opens, shares, pledges;
};
struct cascade_counts {
    uint32_t campaign;
    uint64_t links; /* that people have */
    struct cascade_sums all;
    uint64_t programs, over; /* see enum cascade_note */
    uint32_t deepest;        /* generation of whoever opened; 0: nobody has */
    /* By the generation of whoever opened, and of whose link it was that was passed on. */
    struct cascade_sums by_generation[CASCADE_GENERATIONS];
    int64_t from_ms; /* [wall ms] the first bar; 0: nothing happened yet */
    uint32_t step;   /* [min] of each */
    size_t bars;
    struct cascade_sums by_bar[CASCADE_BARS_MAX];
};
/* One for each id, in their order; borrowed for the call. */
typedef void cascade_counts_cb(void *arg, int result, const struct cascade_counts *list, size_t n,
                               const struct err *e);
enum { CASCADE_COUNTS_MAX = 64 };
/* 1 to CASCADE_COUNTS_MAX campaigns, also such whose cascade is over. */
void cascades_counts(struct cascades *c, const uint32_t *campaigns, size_t n, cascade_counts_cb *cb,
                     void *arg);

struct cascade_link {
    uint32_t link, parent; /* parent 0: of the first */
    uint32_t generation;
    struct cascade_sums sums;
};
/* The links that were opened most, and all between them and the first, which is among them; by number. At most
 * CASCADE_TREE_MAX, borrowed for the call. */
typedef void cascade_tree_cb(void *arg, int result, const struct cascade_link *list, size_t n,
                             const struct err *e);
void cascades_tree(struct cascades *c, uint32_t campaign, cascade_tree_cb *cb, void *arg);
