#include "store/audit.h"
#include "web/view/view.h"

static void put_text(json_t *o, const char *key, struct slice text)
{
    json_put(o, key, text.n ? json_text(text) : json_null());
}

json_t *view_audit(const struct audit_entry *e)
{
    json_t *o = json_object();
    json_put_time(o, "at", e->at_ms);
    json_put(o, "who", json_text(e->who));
    put_text(o, "member", e->id);
    put_text(o, "way", e->way);
    put_text(o, "address", e->address);
    put_text(o, "group", e->group);
    json_put(o, "what", json_text(e->what));
    put_text(o, "whom", e->whom);
    put_text(o, "why", e->why);
    return o;
}
