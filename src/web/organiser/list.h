#pragma once
/* The page of a list, for what changes it by a form of another file. */
#include "web/call.h"

/* The page of list {id} again, with what is wrong and all that was typed. wrong: {field: sentence}, taken; NULL: of none. */
void list_show_again(struct web_call *c, int status, const char *problem, json_t *wrong);
