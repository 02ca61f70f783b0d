#pragma once
#include "base/slice.h"

/* " irak:IQ iraq:IQ …": each name as phone_title_plain writes it, a blank before it, a colon and the ISO code behind it. */
extern const struct slice country_names;
