#pragma once
/* Places that need people, and the sessions at which people meet there: what one is, how people say
 * it (the API's JSON), how the store keeps it. Pure. */
#include "core/body.h"
#include "core/point.h"

/* How much a place needs people, from least to most. name, text */
#define PLACE_PRIORITY_TABLE(X)                                                                    \
    X(PLACE_SAFE, "safe")                                                                          \
    X(PLACE_LIKELY, "likely")                                                                      \
    X(PLACE_CLOSE, "close")                                                                        \
    X(PLACE_MARGINAL, "marginal")
enum place_priority {
#define X(name, text) name,
    PLACE_PRIORITY_TABLE(X)
#undef X
        PLACE_PRIORITY_COUNT
};
const char *place_priority_to_string(enum place_priority priority);
/* False: there is none of that name, in either case. */
bool place_priority_from_string(struct slice text, enum place_priority *ret);

enum {
    PLACES_MAX = 10000,
    SESSIONS_MAX = 50000,
    SESSIONS_OF_PLACE_MAX = 1000,
    PLACE_NAME_BYTES_MAX = 100,
    PLACE_CODE_BYTES_MAX = 255, /* calendars' UIDs are long */
    PLACE_NEEDED_MAX = 1000000,
    SESSION_MEETING_POINT_BYTES_MAX = 200,
    SESSION_ORGANISER_BYTES_MAX = 100,
    SESSION_NOTE_BYTES_MAX = 500,
    SESSION_CAPACITY_MAX = 100000,
    SESSION_HOURS_MAX = 7 * 24, /* from start to end */
};

/* A seat, a ward, a town. Texts are "" where nothing is said. */
struct place {
    uint32_t id;
    const char *name;
    const char *group; /* whose people see to it; "": the organisation's */
    const char *code;  /* the importer's own, by which an import again corrects it */
    struct point at;
    enum place_priority priority;
    uint32_t needed; /* people, all in all; 0: nobody said */
};

/* A time at which people meet there. */
struct session {
    uint32_t id, place;
    int64_t start_ms, end_ms; /* [wall ms] start < end */
    const char *meeting_point, *organiser, *note;
    const char *code;  /* as a place's */
    uint32_t capacity; /* people; 0: any number */
    bool accessible;   /* without steps */
    bool lifts;        /* somebody takes people there */
    bool is_cancelled;
    uint32_t pledged, waiting, offered; /* people, as it is now */
};

/* ---- what people say ---- */

/* Of a body that says a place (name, group, at, priority, needed, code), or corrects one: what it
 * says, as the store keeps it. What is wrong is noted in b by its key, with the mend, and is left
 * out. is_new: what a place must have is missed. Returns owned. */
json_t *place_said(struct body *b, bool is_new);
/* The same of a session (place, start, end, meeting_point, organiser, note, code, capacity,
 * accessible, lifts, cancelled). `place` is an id; whether there is one is not known here. */
json_t *session_said(struct body *b, bool is_new);

#define PLACE_KEYS "name", "group", "at", "priority", "needed", "code"
#define SESSION_KEYS                                                                               \
    "place", "start", "end", "meeting_point", "organiser", "note", "code", "capacity",             \
        "accessible", "lifts", "cancelled"

/* As people and programs read it: id and the keys above; of a session also pledged, waiting,
 * offered, and left (null: any number). Returns owned. */
json_t *place_json(const struct place *p);
json_t *session_json(const struct session *s);

/* ---- as the store keeps it ---- */

/* NULL: it cannot be read. One allocation, with its texts: free(). */
struct place *place_read(uint32_t id, struct slice record);
struct session *session_read(uint32_t id, struct slice record);
/* "pledged waiting offered"; none, or what cannot be read: nobody. */
void session_rooms_read(struct session *s, struct slice rooms);

/* [people] How many more may come; UINT32_MAX: any number. */
uint32_t session_left(const struct session *s);
