/* What a person answers to, and what their campaign gives the volunteers besides. */
#include "web/view/view.h"

#include "base/buf.h"
#include "base/plain.h"
#include "flow/asked.h"

static json_t *said_json(struct slice said)
{
    struct buf shown = BUF_INIT(4 * MESSAGE_TEXT_BYTES_MAX);
    if (said.n == 0) return json_null();
    plain_add(&shown, said, PLAIN_TEXT);
    json_t *text = json_text(buf_slice(&shown));
    buf_done(&shown);
    return text;
}

static json_t *asked_json(const struct asked *a, int64_t now_ms)
{
    json_t *o = json_object();
    json_put_count(o, "campaign", a->campaign->id);
    json_put(o, "name", json_text(a->campaign->name));
    json_put_time(o, "at", a->campaign->running_ms);
    json_put(o, "ago", view_ago(a->campaign->running_ms, now_ms));
    json_put(o, "text", said_json(a->said->text));
    json_put(o, "template", said_json(a->said->template_name));
    return o;
}

void view_asked(json_t *o, const struct asked *a, int64_t now_ms)
{
    json_put(o, "asked", a ? asked_json(a, now_ms) : json_null());
}
