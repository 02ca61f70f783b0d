/* YAML as a small tree, read with libyaml's event parser.
 *
 * Only what a configuration needs is let in: aliases can make a kilobyte expand to a gigabyte, tags
 * name types that nobody here knows, and of two equal keys one would be lost without a word. The
 * document keeps a NUL-terminated copy of each scalar, since libyaml's are gone with their event,
 * and every node remembers where it stood. The typed reads on top are in yaml_read.c. */
#include "io/yaml.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <yaml.h>

#include "base/buf.h"
#include "base/map.h"

enum { FILE_BYTES_MAX = 16 << 20 };

struct yaml_node {
    enum yaml_kind kind;
    bool plain;
    int line, column;
    char *text; /* scalar: owned, NUL-terminated */
    size_t text_bytes;
    size_t count, capacity;
    struct yaml_node **keys;   /* mapping: owned array, the nodes are the document's */
    struct yaml_node **values; /* mapping and sequence: the same */
    struct yaml_node *older;   /* all nodes of the document, for the end */
};

struct yaml_doc {
    char *name;
    struct yaml_node *root, *newest;
    size_t nodes;
};

struct reader {
    yaml_parser_t parser;
    struct yaml_doc *doc;
    struct slice text;
    struct err *e;
    int depth;
};

static int error_at(const struct reader *r, yaml_mark_t mark, int code, const char *what)
{
    return err_set(r->e, code, "%s:%zu:%zu: %s", r->doc->name, mark.line + 1, mark.column + 1,
                   what);
}

/* Line and column of a byte, for errors that libyaml gives as an offset only. */
static yaml_mark_t mark_of_offset(struct slice text, size_t offset)
{
    yaml_mark_t mark = {.index = offset};
    for (size_t i = 0; i < offset && i < text.n; i++) {
        if (text.p[i] == '\n') {
            mark.line++;
            mark.column = 0;
        } else if (((unsigned char)text.p[i] & 0xc0) != 0x80) {
            mark.column++;
        }
    }
    return mark;
}

/* What the library calls a mistake, how to mend it, and whether it is told best where the value began. */
static const struct mend {
    const char *problem, *words;
    bool at_begin;
} mends[] = {
    {"tab character", "indent with spaces", false},
    {"cannot start any token",
     "indent with spaces, and quote values that start with @, %, ` or a tab", false},
    {"expected ':'", "a line says `key: value`", true},
    {"unexpected end of stream", "the quote that begins here is not closed", true},
    {"mapping values are not allowed",
     "quote a value with ': ' in it, and begin keys that belong together in one column", false},
    {"unknown escape character", "write the backslash twice, or take single quotes", false},
    {"expected <document start>", "begin keys that belong together in one column", false},
    {"expected key",
     "begin keys that belong together in one column, and quote a value from end to end", false},
    {"block sequence entries", "a list begins in a line of its own, or stands in [ ]", false},
};

static int parser_error(const struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    const char *problem = p->problem ? p->problem : "cannot be read";
    if (p->error == YAML_READER_ERROR)
        return error_at(r, mark_of_offset(r->text, p->problem_offset), ERR_SYNTAX, problem);
    struct buf text = BUF_INIT(ERR_TEXT_BYTES);
    yaml_mark_t at = p->problem_mark;
    buf_add_cstr(&text, problem);
    if (p->context) buf_addf(&text, " (%s)", p->context);
    for (size_t i = 0; i < COUNT_OF(mends); i++) {
        if (!strstr(problem, mends[i].problem)) continue;
        buf_addf(&text, "; %s", mends[i].words);
        if (mends[i].at_begin) at = p->context_mark;
        break;
    }
    int code = error_at(r, at, ERR_SYNTAX, text.p);
    buf_done(&text);
    return code;
}

static int next_event(struct reader *r, yaml_event_t *event)
{
    return yaml_parser_parse(&r->parser, event) ? 0 : parser_error(r);
}

static int node_add(struct reader *r, enum yaml_kind kind, yaml_mark_t mark, struct yaml_node **ret)
{
    if (r->doc->nodes >= YAML_NODES_MAX)
        return error_at(r, mark, ERR_LIMIT, "too many values in one file; split it");
    struct yaml_node *n = xcalloc(1, sizeof *n);
    *n = (struct yaml_node){.kind = kind,
                            .line = (int)mark.line + 1,
                            .column = (int)mark.column + 1,
                            .older = r->doc->newest};
    r->doc->newest = n;
    r->doc->nodes++;
    *ret = n;
    return 0;
}

static void node_grow(struct yaml_node *n)
{
    if (n->count < n->capacity) return;
    n->capacity = n->capacity ? n->capacity * 2 : 8;
    n->values = xrealloc(n->values, n->capacity * sizeof(struct yaml_node *));
    if (n->kind == YAML_MAPPING)
        n->keys = xrealloc(n->keys, n->capacity * sizeof(struct yaml_node *));
}

static int refuse_decorations(const struct reader *r, const yaml_event_t *event)
{
    const yaml_char_t *anchor = NULL, *tag = NULL;
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
        break;
    case YAML_SEQUENCE_START_EVENT:
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
        break;
    case YAML_MAPPING_START_EVENT:
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
        break;
    default:
        break;
    }
    if (event->type == YAML_ALIAS_EVENT || anchor)
        return error_at(
            r, event->start_mark, ERR_INVALID,
            "anchors and aliases (& and *) are not allowed here; write the value out, or quote it");
    if (tag)
        return error_at(r, event->start_mark, ERR_INVALID,
                        "tags (!) are not allowed here; leave it out, or quote the value");
    return 0;
}

static int read_node(struct reader *r, const yaml_event_t *event, struct yaml_node **ret);

static int read_scalar(struct reader *r, const yaml_event_t *event, struct yaml_node **ret)
{
    int code = node_add(r, YAML_SCALAR, event->start_mark, ret);
    if (code) return code;
    struct yaml_node *n = *ret;
    n->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    n->text_bytes = event->data.scalar.length;
    n->text = slice_strdup(slice_make(event->data.scalar.value, event->data.scalar.length));
    if (memchr(n->text, 0, n->text_bytes))
        return error_at(r, event->start_mark, ERR_INVALID, "a zero byte is not allowed in a value");
    return 0;
}

static int read_sequence(struct reader *r, struct yaml_node *n)
{
    for (;;) {
        yaml_event_t event;
        int code = next_event(r, &event);
        if (code) return code;
        bool end = event.type == YAML_SEQUENCE_END_EVENT;
        struct yaml_node *item = NULL;
        if (!end) code = read_node(r, &event, &item);
        yaml_event_delete(&event);
        if (code || end) return code;
        node_grow(n);
        n->values[n->count++] = item;
    }
}

static int duplicate_key(const struct reader *r, const struct yaml_node *key,
                         const struct yaml_node *first)
{
    return err_set(r->e, ERR_INVALID,
                   "%s:%d:%d: '%s' stands here a second time (first in line %d); keep one",
                   r->doc->name, key->line, key->column, key->text, first->line);
}

/* One key and its value; *ret_end at the end of the mapping. */
static int read_pair(struct reader *r, struct yaml_node *n, struct map *seen, bool *ret_end)
{
    yaml_event_t event;
    struct yaml_node *key = NULL, *value = NULL;
    int code = next_event(r, &event);
    if (code) return code;
    *ret_end = event.type == YAML_MAPPING_END_EVENT;
    if (!*ret_end) {
        bool is_text = event.type == YAML_SCALAR_EVENT || event.type == YAML_ALIAS_EVENT;
        code = is_text ? read_node(r, &event, &key)
                       : error_at(r, event.start_mark, ERR_INVALID,
                                  "a key must be a plain word or text");
    }
    yaml_event_delete(&event);
    if (code || *ret_end) return code;

    struct yaml_node *first = map_put(seen, slice_make(key->text, key->text_bytes), key);
    if (first) return duplicate_key(r, key, first);
    code = next_event(r, &event);
    if (code) return code;
    code = read_node(r, &event, &value);
    yaml_event_delete(&event);
    if (code) return code;
    node_grow(n);
    n->keys[n->count] = key;
    n->values[n->count++] = value;
    return 0;
}

static int read_mapping(struct reader *r, struct yaml_node *n)
{
    struct map *seen = map_new();
    bool end = false;
    int code = 0;
    while (!code && !end)
        code = read_pair(r, n, seen, &end);
    map_free(seen);
    return code;
}

static int read_collection(struct reader *r, const yaml_event_t *event, struct yaml_node **ret)
{
    bool mapping = event->type == YAML_MAPPING_START_EVENT;
    if (r->depth >= YAML_DEPTH_MAX)
        return error_at(r, event->start_mark, ERR_LIMIT, "nested too deeply");
    int code = node_add(r, mapping ? YAML_MAPPING : YAML_SEQUENCE, event->start_mark, ret);
    if (code) return code;
    r->depth++;
    code = mapping ? read_mapping(r, *ret) : read_sequence(r, *ret);
    r->depth--;
    return code;
}

static int read_node(struct reader *r, const yaml_event_t *event, struct yaml_node **ret)
{
    int code = refuse_decorations(r, event);
    if (code) return code;
    if (event->type == YAML_SCALAR_EVENT) return read_scalar(r, event, ret);
    return read_collection(r, event, ret);
}

static bool is_node(yaml_event_type_t type)
{
    return type == YAML_SCALAR_EVENT || type == YAML_SEQUENCE_START_EVENT ||
           type == YAML_MAPPING_START_EVENT || type == YAML_ALIAS_EVENT;
}

/* The stream holds at most one document: START, node, END, then the end of the stream. */
static int read_stream(struct reader *r)
{
    int documents = 0;
    for (;;) {
        yaml_event_t event;
        int code = next_event(r, &event);
        if (code) return code;
        yaml_event_type_t type = event.type;
        if (type == YAML_DOCUMENT_START_EVENT && documents++ > 0)
            code = error_at(r, event.start_mark, ERR_INVALID,
                            "a second document (---) is not allowed here; use a file for each");
        else if (is_node(type))
            code = read_node(r, &event, &r->doc->root);
        yaml_event_delete(&event);
        if (code || type == YAML_STREAM_END_EVENT) return code;
    }
}

/* `--- ` followed by nothing is one empty plain scalar: the same to callers as an empty file. */
static void drop_empty_root(struct yaml_doc *d)
{
    const struct yaml_node *root = d->root;
    if (root && root->kind == YAML_SCALAR && root->plain && root->text_bytes == 0) d->root = NULL;
}

int yaml_parse(struct slice text, const char *name, struct yaml_doc **ret, struct err *e)
{
    struct yaml_doc *doc = xcalloc(1, sizeof *doc);
    doc->name = xstrdup(name);
    /* libyaml takes a byte order mark, and then the first line for an indented one */
    if (slice_starts(text, "\xEF\xBB\xBF")) text = slice_from(text, 3);
    struct reader r = {.doc = doc, .text = text, .e = e};
    size_t bad;
    int code;
    if (!slice_is_utf8(text, &bad)) {
        code = error_at(&r, mark_of_offset(text, bad), ERR_SYNTAX,
                        "not UTF-8; save the file as UTF-8");
    } else {
        check(yaml_parser_initialize(&r.parser));
        yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&r.parser, (const unsigned char *)(text.n ? text.p : ""),
                                     text.n);
        code = read_stream(&r);
        yaml_parser_delete(&r.parser);
    }
    if (code) {
        yaml_doc_free(doc);
        return code;
    }
    drop_empty_root(doc);
    *ret = doc;
    return 0;
}

static int read_all(int fd, struct buf *b)
{
    for (;;) {
        char chunk[16384];
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n == 0) return b->failed ? ERR_LIMIT : 0;
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return -errno;
        buf_add(b, chunk, (size_t)n);
        if (b->failed) return ERR_LIMIT;
    }
}

int yaml_load(const char *path, struct yaml_doc **ret, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return err_set_unreadable(e, path, -errno);
    struct buf text = BUF_INIT(FILE_BYTES_MAX);
    int code = read_all(fd, &text);
    close(fd);
    if (code == ERR_LIMIT)
        err_set(e, code, "%s is longer than 16 MiB: is it the right file?", path);
    else if (code)
        err_set_unreadable(e, path, code);
    else
        code = yaml_parse(buf_slice(&text), path, ret, e);
    buf_done(&text);
    return code;
}

void yaml_doc_free(struct yaml_doc *d)
{
    if (!d) return;
    for (struct yaml_node *n = d->newest, *older; n; n = older) {
        older = n->older;
        free(n->text);
        free(n->keys);
        free(n->values);
        free(n);
    }
    free(d->name);
    free(d);
}

const struct yaml_node *yaml_root(const struct yaml_doc *d)
{
    return d->root;
}

enum yaml_kind yaml_kind_of(const struct yaml_node *n)
{
    return n ? n->kind : YAML_SCALAR;
}

size_t yaml_count(const struct yaml_node *n)
{
    return n ? n->count : 0;
}

const struct yaml_node *yaml_at(const struct yaml_node *n, size_t i)
{
    return i < yaml_count(n) ? n->values[i] : NULL;
}

const struct yaml_node *yaml_key_node_at(const struct yaml_node *n, size_t i)
{
    return yaml_kind_of(n) == YAML_MAPPING && i < n->count ? n->keys[i] : NULL;
}

struct slice yaml_key_at(const struct yaml_node *n, size_t i)
{
    return yaml_text(yaml_key_node_at(n, i));
}

const struct yaml_node *yaml_get(const struct yaml_node *n, const char *key)
{
    if (yaml_kind_of(n) != YAML_MAPPING) return NULL;
    for (size_t i = 0; i < n->count; i++)
        if (slice_is(yaml_key_at(n, i), key)) return n->values[i];
    return NULL;
}

struct slice yaml_text(const struct yaml_node *n)
{
    return n && n->kind == YAML_SCALAR ? slice_make(n->text, n->text_bytes) : SLICE_NONE;
}

bool yaml_is_plain(const struct yaml_node *n)
{
    return n && n->kind == YAML_SCALAR && n->plain;
}

bool yaml_is_null(const struct yaml_node *n)
{
    if (!n) return true;
    struct slice text = yaml_text(n);
    return yaml_is_plain(n) &&
           (text.n == 0 || slice_is(text, "~") || slice_is_nocase(text, "null"));
}

int yaml_line(const struct yaml_node *n)
{
    return n ? n->line : 1;
}

int yaml_column(const struct yaml_node *n)
{
    return n ? n->column : 1;
}

const char *yaml_name(const struct yaml_doc *d)
{
    return d->name;
}
