#include "value.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "config/config.h"
#include "base/ascii.h"
#include "base/buf.h"

static int keep(struct arena *a, struct slice s, bool secret, struct config_value *ret,
                struct err *e)
{
    if (s.n > CONFIG_TEXT_BYTES_MAX)
        return err_set(e, ERR_LIMIT, "longer than %d bytes", CONFIG_TEXT_BYTES_MAX);
    if (s.n && memchr(s.p, 0, s.n)) return err_set(e, ERR_INVALID, "holds a zero byte; remove it");
    struct slice copy = arena_dup(a, s);
    if (!copy.p) return err_set(e, ERR_LIMIT, "the file's values are too large together");
    *ret = (struct config_value){copy.p, secret};
    return 0;
}

/* The first line of a file, without its end. */
static int read_first_line(const char *path, struct arena *a, struct config_value *ret,
                           struct err *e)
{
    FILE *f = fopen(path, "re");
    if (!f) return err_set_unreadable(e, path, -errno);
    char line[CONFIG_TEXT_BYTES_MAX + 3];
    errno = 0;
    bool got = fgets(line, sizeof line, f) != NULL;
    int code = errno ? -errno : ERR_INVALID;
    bool broken = ferror(f);
    (void)fclose(f);
    if (broken) return err_set_unreadable(e, path, code);
    struct slice s = got ? slice_of(line) : SLICE_NONE;
    while (s.n && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
        s.n--;
    if (!s.n)
        return err_set(e, ERR_INVALID, "the first line of %s is empty; put the value there", path);
    return keep(a, s, true, ret, e);
}

static int read_file(struct slice path, struct arena *a, struct config_value *ret, struct err *e)
{
    if (!slice_starts(path, "/"))
        return err_set(e, ERR_INVALID,
                       "file: wants an absolute path, e.g. file:/etc/muster/secret");
    struct slice name = arena_dup(a, path);
    if (!name.p) return err_set(e, ERR_LIMIT, "the file's values are too large together");
    return read_first_line(name.p, a, ret, e);
}

static int read_credential(struct slice name, struct arena *a, struct config_value *ret,
                           struct err *e)
{
    if (!name.n || slice_find(name, '/') >= 0)
        return err_set(e, ERR_INVALID, "credential: wants a plain name, e.g. credential:secret");
    const char *dir = getenv("CREDENTIALS_DIRECTORY");
    if (!dir || !*dir)
        return err_set(
            e, ERR_NOT_FOUND,
            "there are no systemd credentials here ($CREDENTIALS_DIRECTORY is not set); run "
            "under systemd with LoadCredential=%.*s:/path, or use file:/path",
            SLICE_ARG(name));
    const char *path = arena_printf(a, "%s/%.*s", dir, SLICE_ARG(name));
    if (!path) return err_set(e, ERR_LIMIT, "the file's values are too large together");
    return read_first_line(path, a, ret, e);
}

static bool is_env_char(char c)
{
    return ascii_is_letter(c) || ascii_is_digit(c) || c == '_';
}

static bool is_env_name(struct slice s)
{
    if (!s.n || ascii_is_digit(s.p[0])) return false;
    for (size_t i = 0; i < s.n; i++)
        if (!is_env_char(s.p[i])) return false;
    return true;
}

/* Adds the value of the variable that *rest ("NAME}…") begins with, and steps over it. */
static int add_variable(struct slice *rest, struct buf *out, struct err *e)
{
    long end = slice_find(*rest, '}');
    struct slice name = end < 0 ? SLICE_NONE : slice_make(rest->p, (size_t)end);
    if (!is_env_name(name))
        return err_set(e, ERR_SYNTAX,
                       "\"${\" wants a variable's name and \"}\", e.g. ${MUSTER_SECRET}");
    char *cname = slice_strdup(name);
    const char *value = getenv(cname);
    free(cname);
    if (!value || !*value)
        return err_set(e, ERR_NOT_FOUND,
                       "the environment variable %.*s is %s; set it, or use file:/path",
                       SLICE_ARG(name), value ? "empty" : "not set");
    buf_add_cstr(out, value);
    *rest = slice_from(*rest, (size_t)end + 1);
    return 0;
}

static bool next_variable(struct slice s, size_t *ret_at)
{
    for (size_t i = 0; i + 1 < s.n; i++) {
        if (s.p[i] != '$' || s.p[i + 1] != '{') continue;
        *ret_at = i;
        return true;
    }
    return false;
}

static int expand(struct slice raw, struct buf *out, struct err *e)
{
    size_t at;
    while (next_variable(raw, &at)) {
        buf_add(out, raw.p, at);
        raw = slice_from(raw, at + 2);
        int code = add_variable(&raw, out, e);
        if (code) return code;
    }
    buf_add_slice(out, raw);
    return 0;
}

int config_value_read(struct slice raw, struct arena *a, struct config_value *ret, struct err *e)
{
    if (slice_starts(raw, "file:")) return read_file(slice_from(raw, 5), a, ret, e);
    if (slice_starts(raw, "credential:")) return read_credential(slice_from(raw, 11), a, ret, e);
    size_t at;
    if (!next_variable(raw, &at)) return keep(a, raw, false, ret, e);
    struct buf out = BUF_INIT(CONFIG_TEXT_BYTES_MAX + 1);
    int code = expand(raw, &out, e);
    if (!code && out.failed)
        code = err_set(e, ERR_LIMIT, "longer than %d bytes", CONFIG_TEXT_BYTES_MAX);
    if (!code) code = keep(a, buf_slice(&out), true, ret, e);
    buf_done(&out);
    return code;
}
