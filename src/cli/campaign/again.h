#pragma once
/* What there is, as the file that makes it again. */
#include <jansson.h>

/* Of a campaign as the API tells its body, or a schedule's campaign. Returns owned. */
json_t *campaign_again(const json_t *body);
/* On stdout, as `muster campaign launch` and the like read it. */
void campaign_again_print(const json_t *file);
