/* Adding a chunk: rows are packed here, and one script (audience_rows.lua) decides which of
 * them stay and joins those into a block. */
#include "private.h"

#include "core/block.h"
#include "core/number.h"
#include "store/lua_scripts.h"

static const struct script add_rows = {.name = "audience_rows", .parts = {&lua_audience_rows}};

/* Fits into a call. */
struct adding {
    uint32_t id;
    struct audience_chunk chunk; /* without its rows, once it is sent */
};

static int script_error(const struct adding *a, const struct redisReply *reply, struct err *e)
{
    int r = call_failed(reply, e);
    if (r < 0) return r;
    struct slice what = redis_str(redis_at(reply, 0)), detail = redis_str(redis_at(reply, 1));
    if (slice_is(what, "missing")) return audience_not_found(a->id, e);
    if (slice_is(what, "frozen"))
        return err_set(e, ERR_CONFLICT,
                       "audience %" PRIu32
                       " is frozen: import the rows as a new one, or change the list with --add, "
                       "--merge, --replace or --remove",
                       a->id);
    if (slice_is(what, "sequence"))
        return err_set(e, ERR_CONFLICT,
                       "chunk %" PRIu64 " of audience %" PRIu32
                       " is out of turn: chunk %.*s is next",
                       a->chunk.seq, a->id, SLICE_ARG(detail));
    if (slice_is(what, "columns"))
        return err_set(e, ERR_INVALID,
                       "rows have %zu fields, and audience %" PRIu32 " has %.*s columns",
                       a->chunk.field_count, a->id, SLICE_ARG(detail));
    if (detail.n != a->chunk.count)
        return err_set(e, ERR_CONFLICT,
                       "chunk %" PRIu64
                       " was sent before with %zu rows, now with %zu: import again",
                       a->chunk.seq, detail.n, a->chunk.count);
    return 0;
}

static enum audience_outcome outcome_of(char letter)
{
    switch (letter) {
    case 's':
        return AUDIENCE_STORED;
    case 'd':
        return AUDIENCE_DUPLICATE;
    case 'u':
        return AUDIENCE_UPDATED;
    case 'r':
        return AUDIENCE_REMOVED;
    case 'n':
        return AUDIENCE_NOT_LISTED;
    default:
        return AUDIENCE_SUPPRESSED;
    }
}

static void on_added(struct call *c, const struct redisReply *reply)
{
    const struct adding *a = call_kept(c);
    audience_rows_cb *cb = call_back(c, audience_rows_cb);
    struct err e;
    int r = script_error(a, reply, &e);
    if (r < 0) {
        cb(c->arg, r, NULL, 0, &e);
        return;
    }
    enum audience_outcome outcomes[AUDIENCE_ROWS_MAX];
    const char *letters = redis_str(redis_at(reply, 1)).p;
    for (size_t i = 0; i < a->chunk.count; i++)
        outcomes[i] = outcome_of(letters[i]);
    cb(c->arg, 0, outcomes, a->chunk.count, NULL);
}

/* Header and rows, one after another; ends[i] is where row i ends. */
static int pack(struct buf *b, const struct audience_chunk *chunk, size_t *ends, struct err *e)
{
    block_begin(b, chunk->field_count);
    for (size_t i = 0; i < chunk->count; i++) {
        if (!number_is_valid(chunk->rows[i].number))
            return err_set(e, ERR_INVALID, "row %zu of the chunk has no E.164 number", i);
        if (block_add_row(b, chunk->rows[i].number, chunk->rows[i].fields, chunk->field_count) < 0)
            return err_set(e, ERR_LIMIT, "row %zu of the chunk is longer than %d bytes", i,
                           BLOCK_ROW_TEXT_MAX);
        ends[i] = b->n;
    }
    if (b->failed)
        return err_set(e, ERR_LIMIT, "the chunk is larger than %d bytes: send fewer rows at a time",
                       AUDIENCE_CHUNK_BYTES_MAX);
    return 0;
}

static int check_chunk(const struct audience_chunk *chunk, struct err *e)
{
    if (chunk->count == 0 || chunk->count > AUDIENCE_ROWS_MAX)
        return err_set(e, ERR_LIMIT, "a chunk has 1 to %d rows, not %zu", AUDIENCE_ROWS_MAX,
                       chunk->count);
    if (chunk->field_count > AUDIENCE_COLUMNS_MAX)
        return err_set(e, ERR_LIMIT, "a row has at most %d fields, not %zu", AUDIENCE_COLUMNS_MAX,
                       chunk->field_count);
    return 0;
}

/* The arguments as audience_rows.lua counts them. */
static struct call *begin(struct store *s, const struct adding *a, struct slice packed,
                          const size_t *ends, int64_t now_ms)
{
    struct call *c = call_begin(s, &add_rows);
    call_keep(c, *a);
    call_key(c, "a:%u", a->id);
    call_key(c, "s:all");
    call_key(c, "drafts");
    call_name(c, "a:%u:", a->id);
    call_name(c, "s:");
    call_u64(c, a->id);
    call_u64(c, a->chunk.seq);
    call_i64(c, now_ms + AUDIENCE_DRAFT_TTL_MS);
    call_u64(c, a->chunk.field_count);
    call_text(c, slice_make(packed.p, BLOCK_HEADER_BYTES - 2)); /* the script writes the rows' */
    call_name(c, "a:");
    size_t from = BLOCK_HEADER_BYTES;
    for (size_t i = 0; i < a->chunk.count; from = ends[i++]) {
        call_u64(c, a->chunk.rows[i].number);
        call_text(c, slice_make(packed.p + from, ends[i] - from));
    }
    return c;
}

void audience_add_rows(struct store *s, uint32_t id, const struct audience_chunk *chunk,
                       int64_t now_ms, audience_rows_cb *cb, void *arg)
{
    const struct adding a = {id, *chunk};
    struct buf packed = BUF_INIT(AUDIENCE_CHUNK_BYTES_MAX);
    size_t ends[AUDIENCE_ROWS_MAX];
    struct err e;
    int r = check_chunk(chunk, &e);
    if (r == 0) r = pack(&packed, chunk, ends, &e);
    if (r == 0)
        call_run(begin(s, &a, buf_slice(&packed), ends, now_ms), on_added, cb, arg);
    else
        cb(arg, r, NULL, 0, &e);
    buf_done(&packed);
}
