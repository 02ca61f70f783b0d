/* Kannel's smsbox: sendsms by GET or form, responses of one line without a message id, receipts by
 * GET of the dlr-url and inbound messages by GET of the get-url, both with escapes filled in. */
#include "sim/face.h"

#include <stdio.h>
#include <time.h>

#include "core/form.h"

static const struct face_code codes[] = {
    {"unroutable", 403, false, "Not routable. Do not try again."},
    {"unauthorized", 403, false, "Authorization failed for sendsms"},
    {"temporal", 503, false, "Temporal failure, try again later."},
    {"no_receiver", 400, false, "Missing receiver number, rejected"},
    {"bad_receiver", 400, false, "Receiver number is not correct, rejected"},
    {"no_sender", 400, false, "Sender missing and no global set, rejected"},
    {"no_text", 400, false, "Empty text"},
    {"bad_text", 400, false, "Charset or body misformed, rejected"},
};
static const struct face_code throttled = {"temporal", 503, false,
                                           "Temporal failure, try again later."};

static const struct face_code *refusal(const char *code)
{
    return face_code(&face_kannel, code);
}

static bool owns(struct slice path)
{
    return slice_is(path, "/cgi-bin/sendsms");
}

static struct slice value_of(const struct form *f, const char *name, const char *or_name)
{
    const struct form_pair *pair = form_find(f, slice_of(name));
    if (!pair && or_name) pair = form_find(f, slice_of(or_name));
    return pair ? pair->value : SLICE_NONE;
}

static void add_utf8(struct buf *b, uint32_t c)
{
    if (c < 0x80) {
        buf_add_char(b, (char)c);
    } else if (c < 0x800) {
        buf_add_char(b, (char)(0xc0 | c >> 6));
        buf_add_char(b, (char)(0x80 | (c & 63)));
    } else {
        if (c < 0x10000) {
            buf_add_char(b, (char)(0xe0 | c >> 12));
        } else {
            buf_add_char(b, (char)(0xf0 | c >> 18));
            buf_add_char(b, (char)(0x80 | (c >> 12 & 63)));
        }
        buf_add_char(b, (char)(0x80 | (c >> 6 & 63)));
        buf_add_char(b, (char)(0x80 | (c & 63)));
    }
}

static uint32_t unit_at(struct slice s, size_t i)
{
    return i + 1 < s.n ? (uint32_t)(unsigned char)s.p[i] << 8 | (unsigned char)s.p[i + 1] : 0;
}

/* UTF-16BE to UTF-8; false when it is none. */
static bool widen(struct slice s, struct arena *a, struct slice *ret)
{
    struct buf out = BUF_INIT(64 * 1024);
    bool fine = s.n % 2 == 0;
    for (size_t i = 0; fine && i < s.n; i += 2) {
        uint32_t c = unit_at(s, i), low = unit_at(s, i + 2);
        if (c >= 0xd800 && c < 0xe000) {
            fine = c < 0xdc00 && low >= 0xdc00 && low < 0xe000;
            c = 0x10000 + ((c & 0x3ff) << 10 | (low & 0x3ff));
            i += 2;
        }
        add_utf8(&out, c);
    }
    if (fine) *ret = arena_dup(a, buf_slice(&out));
    buf_done(&out);
    return fine;
}

static const struct face_code *check_text(const struct form *f, struct arena *a,
                                          struct sim_message *m)
{
    struct slice charset = value_of(f, "charset", NULL);
    bool wide = slice_is_nocase(charset, "UTF-16BE") ||
                (charset.n == 0 && slice_is(value_of(f, "coding", NULL), "2"));
    m->text = value_of(f, "text", NULL);
    if (m->text.n == 0) return refusal("no_text");
    if (wide && !widen(m->text, a, &m->text)) return refusal("bad_text");
    return slice_is_utf8(m->text, NULL) ? NULL : refusal("bad_text");
}

static const struct face_code *read_message(const struct sim_config *c,
                                            const struct face_request *q, struct arena *a,
                                            struct sim_message *ret)
{
    struct sim_message m = {.account = slice_of(c->username)};
    struct form f = {0};
    struct slice raw = slice_is(q->method, "POST") ? q->body : q->query;
    if (form_parse(raw, a, &f) != 0) return refusal("bad_text");
    if (!slice_is(value_of(&f, "username", "user"), c->username) ||
        !slice_is(value_of(&f, "password", "pass"), c->password))
        return refusal("unauthorized");
    m.to = value_of(&f, "to", NULL);
    if (m.to.n == 0) return refusal("no_receiver");
    m.number = e164_digits(m.to, false);
    if (!m.number) return refusal("bad_receiver");
    m.from = value_of(&f, "from", NULL);
    if (m.from.n == 0) return refusal("no_sender");
    const struct face_code *no = check_text(&f, a, &m);
    if (no) return no;
    m.callback = value_of(&f, "dlr-url", NULL);
    uint64_t mask = 0;
    (void)slice_to_u64(value_of(&f, "dlr-mask", NULL), UINT32_MAX, &mask);
    m.receipt_mask = (uint32_t)mask;
    *ret = m;
    return NULL;
}

static void answer_line(struct answer *ret, int status, const char *line)
{
    ret->status = status;
    ret->content_type = "text/html";
    buf_add_cstr(&ret->body, line);
}

static void accept(const struct sim_message *m, struct answer *ret)
{
    (void)m; /* the response names no message */
    answer_line(ret, 202, "0: Accepted for delivery");
}

static void refuse(const struct face_code *code, struct answer *ret)
{
    answer_line(ret, code->status, code->text);
}

/* "id:0000000001 sub:001 dlvrd:001 … stat:DELIVRD err:000 text:", the SMPP receipt in %A. */
static void add_smpp_text(struct buf *b, const struct letter *l)
{
    char text[160];
    const char *stat = l->receipt->kannel_stat;
    (void)snprintf(text, sizeof text,
                   "id:%010llu sub:001 dlvrd:%s submit date:2601010000 done date:2601010000 "
                   "stat:%s err:%s text:",
                   (unsigned long long)l->serial, strcmp(stat, "DELIVRD") == 0 ? "001" : "000",
                   stat,
                   strcmp(stat, "DELIVRD") == 0 || strcmp(stat, "ACCEPTD") == 0 ? "000" : "001");
    form_encode(b, slice_of(text));
}

static void add_time(struct buf *b, int64_t at_ms)
{
    char text[40] = "";
    struct tm tm;
    time_t at_s = at_ms / 1000;
    if (gmtime_r(&at_s, &tm)) (void)strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm);
    form_encode(b, slice_of(text));
}

/* What stands in the address as the letter has it. A receipt is a message from the phone to the sender, so %p is the
 * phone in both kinds. */
static bool text_of(char escape, const struct letter *l, struct slice *ret)
{
    switch (escape) {
    case 'a':
        *ret = slice_of(l->text ? l->text : "");
        return true;
    case 'I':
        *ret = l->id;
        return true;
    case 'p':
        *ret = l->to;
        return true;
    case 'P':
        *ret = l->from;
        return true;
    default:
        return false;
    }
}

static void add_escape(struct buf *b, char escape, const struct letter *l)
{
    struct slice text;
    if (text_of(escape, l, &text)) {
        form_encode(b, text);
        return;
    }
    switch (escape) {
    case 'A':
        add_smpp_text(b, l);
        break;
    case 'd':
        buf_addf(b, "%d", l->receipt ? l->receipt->kannel : 0);
        break;
    case 'F':
        buf_addf(b, "%010llu", (unsigned long long)l->serial);
        break;
    case 'i':
        buf_add_cstr(b, "sim");
        break;
    case 'n':
        buf_add_cstr(b, "default");
        break;
    case 't':
        add_time(b, l->at_ms);
        break;
    case 'T':
        buf_addf(b, "%lld", (long long)l->at_ms / 1000);
        break;
    case '%':
        buf_add_char(b, '%');
        break;
    default:
        break; /* an escape that it has nothing for becomes nothing */
    }
}

static void fill_in(struct buf *b, struct slice url, const struct letter *l)
{
    for (size_t i = 0; i < url.n; i++) {
        if (url.p[i] == '%' && i + 1 < url.n) {
            add_escape(b, url.p[++i], l);
        } else {
            buf_add_char(b, url.p[i]);
        }
    }
}

static bool wants(const struct sim_config *c, const struct letter *l)
{
    if (l->kind == LETTER_REPLY) return c->webhook_kannel[0] != '\0';
    return l->callback.n && (l->receipt_mask & (uint32_t)l->receipt->kannel);
}

static bool write_letter(const struct sim_config *c, const struct letter *l, struct outgoing *ret)
{
    static const char usual_query[] = "id=%I&ts=%T&sender=%p&to=%P&message=%a&smsc=%i";
    struct slice url = l->kind == LETTER_RECEIPT ? l->callback : slice_of(c->webhook_kannel);
    ret->method = "GET";
    fill_in(&ret->url, url, l);
    if (l->kind == LETTER_REPLY && slice_find(url, '%') < 0) {
        buf_add_char(&ret->url, slice_find(url, '?') < 0 ? '?' : '&');
        fill_in(&ret->url, slice_of(usual_query), l);
    }
    return !ret->url.failed;
}

const struct face face_kannel = {
    .name = "kannel",
    .id_prefix = "",
    .codes = codes,
    .code_count = COUNT_OF(codes),
    .throttled = &throttled,
    .owns = owns,
    .read = read_message,
    .accept = accept,
    .refuse = refuse,
    .wants = wants,
    .write = write_letter,
};
