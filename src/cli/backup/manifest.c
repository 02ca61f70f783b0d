#include "backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "files.h"
#include "core/json.h"
#include "cli/say.h"
#include "io/redis.h"
#include "store/backup.h"

enum { PIECE_BYTES = 256 * 1024, MANIFEST_BYTES_MAX = 16 << 20, SUM_BYTES = 65, NOTE_BYTES = 128 };

void backup_fingerprint(const char *secret, char out[BACKUP_FINGERPRINT_BYTES])
{
    unsigned char sum[16], key[crypto_generichash_KEYBYTES];
    check(crypto_generichash(key, sizeof key, (const unsigned char *)secret, strlen(secret), NULL,
                             0) == 0);
    check(crypto_generichash(sum, sizeof sum, (const unsigned char *)"muster backup", 13, key,
                             sizeof key) == 0);
    (void)sodium_bin2hex(out, BACKUP_FINGERPRINT_BYTES, sum, sizeof sum);
}

/* ---- sums ---- */

static int sum_of(int fd, char out[SUM_BYTES], int64_t *ret_bytes)
{
    crypto_hash_sha256_state state;
    unsigned char sum[crypto_hash_sha256_BYTES], *piece = xmalloc(PIECE_BYTES);
    ssize_t n;
    *ret_bytes = 0;
    (void)crypto_hash_sha256_init(&state);
    while ((n = read(fd, piece, PIECE_BYTES)) > 0) {
        (void)crypto_hash_sha256_update(&state, piece, (unsigned long long)n);
        *ret_bytes += n;
    }
    free(piece);
    if (n < 0) return -errno;
    (void)crypto_hash_sha256_final(&state, sum);
    (void)sodium_bin2hex(out, SUM_BYTES, sum, sizeof sum);
    return 0;
}

static int sum_of_file(const char *folder, const char *name, char out[SUM_BYTES],
                       int64_t *ret_bytes, struct err *e)
{
    char path[BACKUP_PATH_BYTES];
    int rc = files_path(path, folder, name, e);
    if (rc < 0) return rc;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    rc = fd < 0 ? -errno : sum_of(fd, out, ret_bytes);
    if (fd >= 0) (void)close(fd);
    return rc < 0 ? err_set(e, rc, "cannot read %s: %s", path, strerror(-rc)) : 0;
}

/* ---- writing ---- */

int manifest_add(json_t *files, const char *folder, const char *path, struct err *e)
{
    char sum[SUM_BYTES];
    int64_t bytes;
    int rc = sum_of_file(folder, path, sum, &bytes, e);
    if (rc < 0) return rc;
    json_t *one =
        json_pack("{s:s, s:I, s:s}", "path", path, "bytes", (json_int_t)bytes, "sha256", sum);
    if (!one) return err_set(e, ERR_INVALID, "the name of %s/%s is no UTF-8", folder, path);
    json_list_add(files, one);
    return 0;
}

int manifest_write(const char *folder, const json_t *manifest, struct err *e)
{
    char *text = json_dumps(manifest, JSON_INDENT(2));
    check(text);
    int rc = files_write(folder, BACKUP_MANIFEST, slice_of(text), e);
    free(text);
    return rc;
}

/* ---- reading ---- */

/* Nothing may lead out of the folder. */
static bool is_inside(const char *path)
{
    struct slice rest = slice_of(path), part;
    if (*path == '/' || *path == '\0') return false;
    while (slice_cut(&rest, '/', &part))
        if (slice_is(part, "..")) return false;
    return true;
}

static int look_at(const char *folder, const json_t *file, struct err *e)
{
    const char *path = say_string(file, "path");
    char sum[SUM_BYTES];
    int64_t bytes;
    if (!is_inside(path)) return err_set(e, ERR_SYNTAX, "%s: '%s' is no file of it", folder, path);
    int rc = sum_of_file(folder, path, sum, &bytes, e);
    if (rc < 0) return rc;
    if (bytes != say_int(file, "bytes") || strcmp(sum, say_string(file, "sha256")) != 0)
        return err_set(e, ERR_REFUSED,
                       "%s/%s is not the file that was backed up (%lld bytes, sha256 %s): take "
                       "another copy of this backup, or another backup",
                       folder, path, (long long)bytes, sum);
    return 0;
}

static int judge(const char *folder, const json_t *manifest, struct err *e)
{
    const json_t *file, *files = json_object_get(manifest, "files");
    size_t i;
    bool store = false;
    if (say_int(manifest, "muster_backup") != BACKUP_FORMAT)
        return err_set(e, ERR_REFUSED,
                       "%s was made by Muster %s, in another form than this version's: restore it "
                       "with that version",
                       folder, say_string(manifest, "made_by"));
    json_array_foreach(files, i, file)
    {
        int rc = look_at(folder, file, e);
        if (rc < 0) return rc;
        store |= strcmp(say_string(file, "path"), BACKUP_STORE) == 0;
    }
    return store ? 0 : err_set(e, ERR_SYNTAX, "%s: its manifest names no %s", folder, BACKUP_STORE);
}

int manifest_open(const char *folder, json_t **ret, struct err *e)
{
    char path[BACKUP_PATH_BYTES];
    json_error_t why;
    struct stat st;
    int rc = files_path(path, folder, BACKUP_MANIFEST, e);
    if (rc < 0) return rc;
    if (stat(path, &st) != 0)
        return err_set(e, -errno, "%s is no backup, or one that was not finished: %s: %s", folder,
                       path, strerror(errno));
    if (st.st_size > MANIFEST_BYTES_MAX) return err_set(e, ERR_LIMIT, "%s is too large", path);
    json_t *manifest = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
    if (!manifest) return err_set(e, ERR_SYNTAX, "%s:%d: %s", path, why.line, why.text);
    rc = judge(folder, manifest, e);
    if (rc < 0)
        json_decref(manifest);
    else
        *ret = manifest;
    return rc;
}

/* ---- the note in the store ---- */

int manifest_note(struct redis *r, const json_t *manifest, struct err *e)
{
    char key[NOTE_BYTES], mark[NOTE_BYTES], at[NOTE_BYTES];
    (void)snprintf(key, sizeof key, "%s" BACKUP_KEY, say_string(manifest, "prefix"));
    (void)snprintf(mark, sizeof mark, "%lld", (long long)say_int(manifest, "mark"));
    (void)snprintf(at, sizeof at, "%lld", (long long)say_int(manifest, "at_ms"));
    const struct slice argv[] = {SLICE_LIT("HSET"),       slice_of(key),
                                 SLICE_LIT(BACKUP_ID),    slice_of(say_string(manifest, "store")),
                                 SLICE_LIT(BACKUP_MARK),  slice_of(mark),
                                 SLICE_LIT(BACKUP_AT_MS), slice_of(at)};
    return redis_wait(r, NULL, NULL, e, COUNT_OF(argv), argv);
}
