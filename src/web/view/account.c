#include "web/view/view.h"

#include "flow/dispatch.h"
#include "web/call.h"

json_t *view_account(const struct web_call *c, const struct account *a, int64_t queue)
{
    json_t *senders = json_array();
    for (size_t k = 0; k < a->sender_count; k++)
        json_list_add(senders, json_text(slice_of(a->senders[k])));
    const struct dispatch *d = c->config->dispatch; /* of this process */
    struct dispatch_stats s = d ? dispatch_stats(d, a) : (struct dispatch_stats){0};
    return json_pack("{s:s,s:s,s:s,s:o,s:f,s:f,s:I,s:i,s:o,s:o,s:o}", "name", a->name, "provider",
                     a->provider, "channel", a->channel, "senders", senders, "rate_per_s",
                     a->rate_per_s, "sender_rate_per_s", a->sender_rate_per_s, "queue_max",
                     (json_int_t)a->queue.max, "in_flight_max", a->http.in_flight_max, "queue",
                     queue < 0 ? json_null() : json_integer(queue), "in_flight",
                     d ? json_integer((json_int_t)s.in_flight) : json_null(), "dead",
                     d ? json_boolean(s.dead) : json_null());
}
