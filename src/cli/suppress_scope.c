#include "suppress_scope.h"

#include <stdio.h>
#include <string.h>

#include "core/form.h"

enum { PATH_BYTES_MAX = 512, NOTE_BYTES = 256 };

const char *suppress_scope(const struct verb_call *c)
{
    const char *group = verb_option(c, "group");
    return group ? group : "all";
}

/* Whoever may not read groups is told nothing. */
static bool is_unknown(struct verb_call *c, const char *group)
{
    struct err e;
    json_t *reply = NULL;
    struct buf path = BUF_INIT(PATH_BYTES_MAX);
    buf_add_cstr(&path, "/api/v1/groups/");
    form_encode(&path, slice_of(group));
    int r = path.failed ? 0 : verb_ask(c, "GET", path.p, NULL, &reply, &e);
    buf_done(&path);
    json_decref(reply);
    return r == ERR_NOT_FOUND;
}

void suppress_scope_note(struct verb_call *c)
{
    static const char *const always[] = {"all", "hold",
                                         "main"}; /* main: of lists without --group */
    char note[NOTE_BYTES];
    const char *scope = suppress_scope(c);
    if (slice_index(slice_of(scope), always, COUNT_OF(always)) >= 0 || !is_unknown(c, scope))
        return;
    (void)snprintf(note, sizeof note,
                   "there is no group '%s' (muster group list): until there is one, this keeps "
                   "nobody from being texted",
                   scope);
    verb_note(c, note);
}
