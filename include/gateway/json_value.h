#pragma once
/* A jansson tree as data for a template, without copying it: see core/template.h. */
#include "core/template.h"

#include <jansson.h>

/* Borrows the tree; NULL is a value that is not there. Numbers print in the shortest form that
 * reads back as the same number: 85, 1.21. */
struct tvalue json_value(const json_t *json);
