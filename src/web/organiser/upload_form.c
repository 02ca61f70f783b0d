#include "web/organiser/upload_form.h"

#include "web/call.h"

json_t *upload_field(const struct web_call *c, const char *id, const char *label, const char *hint,
                     const char *otherwise)
{
    struct slice typed = web_field(c, id);
    return json_pack("{s:s,s:s,s:s,s:s,s:o,s:n,s:n,s:n,s:b,s:n,s:n}", "id", id, "label", label,
                     "hint", hint, "type", "text", "value",
                     json_text(typed.p ? typed : slice_of(otherwise)), "error", "options", "rows",
                     "required", strcmp(id, "name") == 0, "autocomplete", "inputmode");
}

void upload_form(const struct web_call *c, json_t *data, json_t *own)
{
    json_t *more = json_array();
    json_list_add(own, upload_field(c, "country", "Country",
                                    "Two letters, such as GB: where numbers without + are from.",
                                    c->config->country));
    json_list_add(
        more, upload_field(c, "phone", "Phone column", "Its name, when Muster takes another.", ""));
    json_list_add(more, upload_field(c, "encoding", "Character set",
                                     "Such as WINDOWS-1250, when letters look wrong.", ""));
    json_put(data, "fields", own);
    json_put(data, "more", more);
    json_put(data, "max_mb", json_integer((json_int_t)(c->config->upload_bytes_max >> 20)));
}
