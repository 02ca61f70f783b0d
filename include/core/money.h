#pragma once
/* An amount of money, as people write it: "120.50 GBP". Whole millionths inside, so that sums are
 * right to the last digit; prices of a part have up to six digits behind the point. */
#include "base/slice.h"

#include <stdint.h>

enum { MONEY_BYTES = 32, MONEY_CURRENCY_BYTES = 4 };
#define MONEY_UNIT INT64_C(1000000)                   /* [millionths] */
#define MONEY_MAX  (INT64_C(1000000000) * MONEY_UNIT) /* a budget; sums stay far below 2^63 */

struct money {
    int64_t millionths;                  /* 1…MONEY_MAX; 0 = none */
    char currency[MONEY_CURRENCY_BYTES]; /* "GBP" */
};

/* "120 GBP", "120.5 GBP", with up to six digits behind the point. False for 0, too: it is no budget, and whoever writes
 * it does not mean any amount. */
#define MONEY_RULE "an amount above 0 and its currency, such as \"120.50 GBP\""
bool money_parse(struct slice text, struct money *ret);
/* "120.50 GBP": two digits behind the point, more where there are more. Returns out. */
const char *money_text(int64_t millionths, struct slice currency, char out[MONEY_BYTES]);
/* A price as providers write it: "0.0075", "-0.00750", "1e-05"; without its sign. Rounded to millionths.
 * False: no number, or more than MONEY_UNIT_PRICE_MAX. */
#define MONEY_UNIT_PRICE_MAX (1000 * MONEY_UNIT)
bool money_amount(struct slice text, int64_t *ret);
