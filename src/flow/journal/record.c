#include "record.h"

#include "core/crc32c.h"

enum {
    SUM_AT = 4,
    SUMMED_FROM = 8,
    BYTES_AT = 8,
    KIND_AT = 10,
    MARK_AT = 12,
    WRITTEN_AT = 20,
    PEOPLE_BYTES = 12,
    OPTOUT_BYTES = 12,
    MOVE_BYTES = 8,
    TAKEN_BYTES = 11,
    CONTACTS_BYTES = 16,
};

/* ---- writing ---- */

static size_t begin(struct buf *out, enum journal_kind kind, uint64_t mark, int64_t now_ms)
{
    char head[JOURNAL_HEAD_BYTES] = JOURNAL_MAGIC;
    head[KIND_AT] = (char)kind;
    bytes_put(head + MARK_AT, mark, 8);
    bytes_put(head + WRITTEN_AT, (uint64_t)now_ms, 8);
    buf_add(out, head, sizeof head);
    return out->n - sizeof head;
}

static void end(struct buf *out, size_t start)
{
    if (out->failed) return;
    char *p = out->p + start;
    size_t n = out->n - start;
    check(n <= JOURNAL_RECORD_BYTES_MAX);
    bytes_put(p + BYTES_AT, n, 2);
    bytes_put(p + SUM_AT, crc32c(slice_make(p + SUMMED_FROM, n - SUMMED_FROM)), 4);
}

static void add_number(struct buf *out, uint64_t value, int bytes)
{
    char p[8];
    bytes_put(p, value, bytes);
    buf_add(out, p, (size_t)bytes);
}

static void add_name(struct buf *out, struct slice name)
{
    check(name.n <= JOURNAL_NAME_BYTES_MAX);
    add_number(out, name.n, 1);
    buf_add_slice(out, name);
}

void journal_write_store(struct buf *out, uint64_t mark, int64_t now_ms,
                         const struct journal_store *store)
{
    check(store->peer_n <= JOURNAL_PEERS_MAX);
    size_t start = begin(out, JOURNAL_STORE, mark, now_ms);
    add_name(out, store->id);
    add_number(out, store->peer_n, 1);
    for (size_t i = 0; i < store->peer_n; i++)
        add_name(out, store->peers[i]);
    end(out, start);
}

static size_t begin_people(struct buf *out, enum journal_kind kind, uint64_t mark, int64_t now_ms,
                           const struct journal_people *who)
{
    check(who->n <= JOURNAL_PEOPLE_MAX);
    size_t start = begin(out, kind, mark, now_ms);
    add_number(out, who->campaign, 4);
    add_number(out, who->stamp, 4);
    add_number(out, who->first, 4);
    return start;
}

void journal_write_people(struct buf *out, enum journal_kind kind, uint64_t mark, int64_t now_ms,
                          const struct journal_people *who, const uint8_t *states)
{
    size_t start = begin_people(out, kind, mark, now_ms, who);
    for (size_t i = 0; i < who->n; i++) {
        buf_add_char(out, (char)who->offsets[i]);
        if (kind == JOURNAL_OUTCOME) buf_add_char(out, (char)states[i]);
    }
    end(out, start);
}

void journal_write_contacts(struct buf *out, uint64_t mark, int64_t now_ms,
                            const struct journal_people *who)
{
    size_t start = begin_people(out, JOURNAL_CONTACTS, mark, now_ms, who);
    add_number(out, who->minute, 4);
    for (size_t i = 0; i < who->n; i++) {
        buf_add_char(out, (char)who->offsets[i]);
        buf_add(out, who->prints + CAP_PRINT_BYTES * i, CAP_PRINT_BYTES);
    }
    end(out, start);
}

void journal_write_offers(struct buf *out, uint64_t mark, int64_t now_ms,
                          const struct journal_people *who)
{
    size_t start = begin_people(out, JOURNAL_OFFERS, mark, now_ms, who);
    for (size_t i = 0; i < who->n; i++) {
        buf_add_char(out, (char)who->offsets[i]);
        add_number(out, who->sessions[i], 4);
    }
    end(out, start);
}

void journal_write_optout(struct buf *out, uint64_t mark, int64_t now_ms,
                          const struct told_optout *what)
{
    size_t start = begin(out, JOURNAL_OPTOUT, mark, now_ms);
    add_number(out, (uint64_t)what->at_ms, 8);
    add_number(out, what->lifted, 1);
    add_number(out, what->scope.n, 1);
    add_number(out, what->key.n, 2);
    check(what->scope.n <= UINT8_MAX && what->key.n <= UINT16_MAX);
    buf_add_slice(out, what->scope);
    buf_add_slice(out, what->key);
    buf_add_slice(out, what->why);
    end(out, start);
}

void journal_write_move(struct buf *out, uint64_t mark, int64_t now_ms,
                        const struct told_move *what)
{
    size_t start = begin(out, JOURNAL_MOVE, mark, now_ms);
    add_number(out, what->campaign, 4);
    add_number(out, what->stamp, 4);
    buf_add_cstr(out, campaign_move_name(what->move));
    end(out, start);
}

void journal_write_taken(struct buf *out, uint64_t mark, int64_t now_ms,
                         const struct told_taken *what)
{
    size_t start = begin(out, JOURNAL_TAKEN, mark, now_ms);
    check(what->kind.n <= UINT8_MAX && what->id.n <= UINT16_MAX);
    add_number(out, (uint64_t)what->began_ms, 8);
    add_number(out, what->kind.n, 1);
    add_number(out, what->id.n, 2);
    buf_add_slice(out, what->kind);
    buf_add_slice(out, what->id);
    buf_add_slice(out, what->more);
    end(out, start);
}

/* ---- reading ---- */

bool journal_next_peer(struct slice *rest, struct slice *ret)
{
    if (rest->n == 0) return false;
    size_t n = (uint8_t)rest->p[0];
    if (n >= rest->n) return false;
    *ret = slice_make(rest->p + 1, n);
    *rest = slice_make(rest->p + 1 + n, rest->n - 1 - n);
    return true;
}

static bool read_store(struct slice body, struct journal_read_record *ret)
{
    struct slice peer;
    if (!journal_next_peer(&body, &ret->record.store) || body.n == 0) return false;
    int n = (uint8_t)body.p[0];
    body = slice_make(body.p + 1, body.n - 1);
    ret->peers = body;
    while (n-- > 0)
        if (!journal_next_peer(&body, &peer)) return false;
    return body.n == 0;
}

/* Who they are, of what begins with `head` bytes and has so many for each; their offsets are the first of these. */
static bool read_who(struct slice body, size_t head, size_t each, struct journal_read_record *ret)
{
    struct journal_people *who = &ret->record.people;
    if (body.n < head || (body.n - head) % each != 0) return false;
    who->campaign = (uint32_t)bytes_get(body.p, 4);
    who->stamp = (uint32_t)bytes_get(body.p + 4, 4);
    who->first = (uint32_t)bytes_get(body.p + 8, 4);
    who->n = (body.n - head) / each;
    if (who->n > JOURNAL_PEOPLE_MAX) return false;
    for (size_t i = 0; i < who->n; i++)
        ret->offsets[i] = (uint8_t)body.p[head + each * i];
    who->offsets = ret->offsets;
    return true;
}

static bool read_people(struct slice body, struct journal_read_record *ret)
{
    size_t each = ret->record.kind == JOURNAL_OUTCOME ? 2 : 1;
    if (!read_who(body, PEOPLE_BYTES, each, ret)) return false;
    for (size_t i = 0; each == 2 && i < ret->record.people.n; i++)
        ret->states[i] = (uint8_t)body.p[PEOPLE_BYTES + 2 * i + 1];
    ret->record.states = each == 2 ? ret->states : NULL;
    return true;
}

static bool read_contacts(struct slice body, struct journal_read_record *ret)
{
    enum { EACH = 1 + CAP_PRINT_BYTES };
    struct journal_people *who = &ret->record.people;
    if (!read_who(body, CONTACTS_BYTES, EACH, ret)) return false;
    who->minute = (uint32_t)bytes_get(body.p + PEOPLE_BYTES, 4);
    for (size_t i = 0; i < who->n; i++)
        memcpy(ret->prints + CAP_PRINT_BYTES * i, body.p + CONTACTS_BYTES + EACH * i + 1,
               CAP_PRINT_BYTES);
    who->prints = ret->prints;
    return true;
}

static bool read_offers(struct slice body, struct journal_read_record *ret)
{
    enum { EACH = 5 };
    struct journal_people *who = &ret->record.people;
    if (!read_who(body, PEOPLE_BYTES, EACH, ret)) return false;
    for (size_t i = 0; i < who->n; i++)
        ret->sessions[i] = (uint32_t)bytes_get(body.p + PEOPLE_BYTES + EACH * i + 1, 4);
    who->sessions = ret->sessions;
    return true;
}

static bool read_optout(struct slice body, struct journal_read_record *ret)
{
    struct told_optout *what = &ret->record.optout;
    if (body.n < OPTOUT_BYTES) return false;
    size_t scope = (size_t)bytes_get(body.p + 9, 1), key = (size_t)bytes_get(body.p + 10, 2);
    if (scope + key > body.n - OPTOUT_BYTES || (uint8_t)body.p[8] > 1) return false;
    what->lifted = body.p[8] == 1;
    what->at_ms = (int64_t)bytes_get(body.p, 8);
    what->scope = slice_make(body.p + OPTOUT_BYTES, scope);
    what->key = slice_make(body.p + OPTOUT_BYTES + scope, key);
    what->why = slice_from(body, OPTOUT_BYTES + scope + key);
    return true;
}

static bool read_move(struct slice body, struct journal_read_record *ret)
{
    struct told_move *what = &ret->record.move;
    if (body.n < MOVE_BYTES) return false;
    what->campaign = (uint32_t)bytes_get(body.p, 4);
    what->stamp = (uint32_t)bytes_get(body.p + 4, 4);
    return campaign_move_from_name(slice_from(body, MOVE_BYTES), &what->move);
}

static bool read_taken(struct slice body, struct journal_read_record *ret)
{
    struct told_taken *what = &ret->record.taken;
    if (body.n < TAKEN_BYTES) return false;
    size_t kind = (size_t)bytes_get(body.p + 8, 1), id = (size_t)bytes_get(body.p + 9, 2);
    if (kind + id > body.n - TAKEN_BYTES) return false;
    what->began_ms = (int64_t)bytes_get(body.p, 8);
    what->kind = slice_make(body.p + TAKEN_BYTES, kind);
    what->id = slice_make(body.p + TAKEN_BYTES + kind, id);
    what->more = slice_from(body, TAKEN_BYTES + kind + id);
    return true;
}

static bool read_body(struct slice body, struct journal_read_record *ret)
{
    switch (ret->record.kind) {
    case JOURNAL_STORE:
        return read_store(body, ret);
    case JOURNAL_GRANT:
    case JOURNAL_OUTCOME:
        return read_people(body, ret);
    case JOURNAL_OPTOUT:
        return read_optout(body, ret);
    case JOURNAL_MOVE:
        return read_move(body, ret);
    case JOURNAL_CONTACTS:
        return read_contacts(body, ret);
    case JOURNAL_OFFERS:
        return read_offers(body, ret);
    case JOURNAL_TAKEN:
        return read_taken(body, ret);
    }
    return false;
}

/* A head, and as many bytes as it says: *ret_n. */
static enum journal_found read_head(struct slice bytes, size_t *ret_n)
{
    size_t magic = strlen(JOURNAL_MAGIC);
    if (bytes.n == 0) return JOURNAL_SHORT;
    if (memcmp(bytes.p, JOURNAL_MAGIC, bytes.n < magic ? bytes.n : magic) != 0) return JOURNAL_NONE;
    if (bytes.n < JOURNAL_HEAD_BYTES) return JOURNAL_SHORT;
    size_t n = *ret_n = (size_t)bytes_get(bytes.p + BYTES_AT, 2);
    bool known =
        bytes.p[KIND_AT] >= 0 && bytes.p[KIND_AT] <= JOURNAL_TAKEN && !bytes.p[KIND_AT + 1];
    if (!known || n < JOURNAL_HEAD_BYTES || n > JOURNAL_RECORD_BYTES_MAX) return JOURNAL_NONE;
    return n > bytes.n ? JOURNAL_SHORT : JOURNAL_WHOLE;
}

enum journal_found journal_record_read(struct slice bytes, struct journal_read_record *ret)
{
    size_t n;
    enum journal_found found = read_head(bytes, &n);
    if (found != JOURNAL_WHOLE) return found;
    if (crc32c(slice_make(bytes.p + SUMMED_FROM, n - SUMMED_FROM)) !=
        bytes_get(bytes.p + SUM_AT, 4))
        return JOURNAL_NONE;
    ret->bytes = n;
    ret->peers = SLICE_NONE;
    ret->record = (struct journal_record){
        .kind = (enum journal_kind)bytes.p[KIND_AT],
        .mark = bytes_get(bytes.p + MARK_AT, 8),
        .written_ms = (int64_t)bytes_get(bytes.p + WRITTEN_AT, 8),
    };
    return read_body(slice_make(bytes.p + JOURNAL_HEAD_BYTES, n - JOURNAL_HEAD_BYTES), ret)
               ? JOURNAL_WHOLE
               : JOURNAL_NONE;
}

size_t journal_record_bytes(struct slice bytes)
{
    check(bytes.n >= JOURNAL_HEAD_BYTES);
    size_t n = (size_t)bytes_get(bytes.p + BYTES_AT, 2);
    check(n >= JOURNAL_HEAD_BYTES && n <= bytes.n);
    return n;
}

size_t journal_record_search(struct slice bytes)
{
    if (bytes.n < 2) return bytes.n;
    const char *p = memmem(bytes.p + 1, bytes.n - 1, JOURNAL_MAGIC, strlen(JOURNAL_MAGIC));
    return p ? (size_t)(p - bytes.p) : bytes.n;
}
