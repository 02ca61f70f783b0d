#include "store/script_names.h"

#include "core/campaign_status.h"
#include "core/state.h"

void script_names(struct buf *b, size_t n, const char *const *names)
{
    for (size_t i = 0; i < n; i++)
        buf_addf(b, "%s%s", i ? "," : "local ", names[i]);
    for (size_t i = 0; i < n; i++)
        buf_addf(b, "%c%zu", i ? ',' : '=', i + 1);
    buf_add_cstr(b, "\n");
}

void script_letters(struct buf *b, size_t n, const struct script_letter *letters)
{
    for (size_t i = 0; i < n; i++)
        buf_addf(b, "%s%s", i ? "," : "local ", letters[i].name);
    for (size_t i = 0; i < n; i++)
        buf_addf(b, "%c'%c'", i ? ',' : '=', letters[i].letter);
    buf_add_cstr(b, "\n");
}

void script_states(struct buf *b)
{
    state_lua_names(b);
    campaign_status_lua_names(b);
}

void script_law(struct buf *b)
{
    state_lua_prelude(b);
    campaign_status_lua_names(b);
}
