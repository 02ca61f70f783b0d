/* In small lists the sum of two numbers has as many digits as they have, and the mean of a list has so in each: in Denmark almost
 * any eight digits are somebody's. */
#include "totals.h"

#include <string.h>

#include "base/ascii.h"
#include "base/check.h"
#include "core/phone_title.h"

enum {
    WORD_BYTES_MAX = 40,
    DIGITS_COUNTED_MAX = 15, /* as many as a spreadsheet keeps */
    ROWS_COUNTED_MAX = 10000 /* so many fit in 64 bits; of more a mean is not told */
};

/* As phone_title_plain writes them, by their first letter. Not "min" and "max": those are numbers of the list, and names. */
#define BY(letter) [(letter) - 'a']
static const char *const words[] = {
    BY('a') = " average avg ",
    BY('c') = " celkem count counta cyfanswm cyfartaledd ",
    BY('d') = " durchschnitt ",
    BY('e') = " eindtotaal ecarttype ",
    BY('g') = " grandtotal gesamt gesamtsumme gemiddelde gennemsnit gjennomsnitt ",
    BY('i') = " insgesamt ialt ",
    BY('j') = " jumlah ",
    BY('k') = " keskiarvo ",
    BY('l') = " lacznie ",
    BY('m') = " meanvalue mittelwert moyenne media median mediane mediana mediaan medelvarde ",
    BY('o') = " ogolem ortalama osszesen ",
    BY('p') = " promedio ",
    BY('r') = " razem ",
    BY('s') =
        " sum sums subtotal sumtotal summe somme soustotal suma soma somma subtotaal srednia summa "
        "spolu stdev ",
    BY('t') = " total totals totalgeneral totalgeral totale totaal toplam totalt ",
    BY('y') = " yhteensa ",
    BY('z') = " zwischensumme ",
};
#undef BY
static const char other_words[] = " итого всего сумма среднее разом усього всього сума المجموع "
                                  "الاجمالي סהכ 合计 合計 总计 総計 συνολο "
                                  "διαμεσοσ медиана медіана ";
/* Nobody is called so: what stands behind is of what, "Subtotal Leeds". */
static const char *const first_words[] = {"total",         "totals", "subtotal",
                                          "average",       "median", "gesamt",
                                          "zwischensumme", "totaal", "razem"};

/* By hand, since each row asks: the calls of the C library cost more than such short words. */
static bool is_word(const char *plain, size_t n)
{
    size_t letter = (size_t)(plain[0] - 'a');
    const char *at = plain[0] & 0x80            ? other_words
                     : letter < COUNT_OF(words) ? words[letter]
                                                : NULL;
    while (at && *at) {
        size_t same = 0;
        at++; /* the blank in front */
        while (same < n && at[same] == plain[same])
            same++;
        if (same == n && at[same] == ' ') return true;
        while (*at && *at != ' ')
            at++;
    }
    return false;
}

/* ASCII, which most names are, is folded by hand: that is faster. "Total (2)" is "total". */
static size_t plain(struct slice cell, char out[PHONE_TITLE_PLAIN_BYTES])
{
    size_t n = 0;
    for (size_t i = 0; i < cell.n; i++) {
        if (cell.p[i] & 0x80) return phone_title_plain(cell, out);
        if (ascii_is_letter(cell.p[i])) out[n++] = ascii_lower(cell.p[i]);
    }
    return n;
}

static bool begins_with_one(struct slice cell)
{
    size_t n = 0;
    if (!strchr("amgrstz", ascii_lower(cell.p[0]))) return false;
    while (n < cell.n && ascii_is_letter(cell.p[n]))
        n++;
    for (size_t i = 0; n < cell.n && i < COUNT_OF(first_words); i++)
        if (slice_is_nocase(slice_make(cell.p, n), first_words[i])) return true;
    return false;
}

/* Asked of each row of a list that holds a name only. */
static bool says_total(struct slice cell)
{
    char out[PHONE_TITLE_PLAIN_BYTES];
    size_t n = cell.n <= WORD_BYTES_MAX ? plain(cell, out) : 0;
    return n && (is_word(out, n) || begins_with_one(cell));
}

/* "2", "1,5", "50 %": how many of another column there are. */
static bool is_count(struct slice cell)
{
    if (!ascii_is_digit(cell.p[0])) return false;
    for (size_t i = 1; i < cell.n; i++)
        if (!ascii_is_digit(cell.p[i]) && !strchr("., %", cell.p[i])) return false;
    return true;
}

/* The digits as a number; false when a spreadsheet would take them for text. */
static bool read_counted(struct slice cell, uint64_t *ret)
{
    if (cell.n == 0 || cell.n > DIGITS_COUNTED_MAX || cell.p[0] == '0') return false;
    *ret = 0;
    for (size_t i = 0; i < cell.n; i++) {
        if (!ascii_is_digit(cell.p[i])) return false;
        *ret = *ret * 10 + (uint64_t)(cell.p[i] - '0');
    }
    return true;
}

void import_totals_count(struct import_totals *t, struct slice cell)
{
    uint64_t value;
    if (!read_counted(cell, &value) || t->count == ROWS_COUNTED_MAX) return;
    t->sum += value;
    t->count++;
}

/* Of two numbers at least: one is its own sum. A mean is rounded. */
static bool is_sum_or_mean(const struct import_totals *t, struct slice number)
{
    uint64_t value, above = t->count - 1;
    if (!read_counted(number, &value) || t->count < 3 || t->count == ROWS_COUNTED_MAX) return false;
    uint64_t sum = t->sum - value, mean = sum / above;
    return value == sum || value == mean || value == mean + 1;
}

bool import_totals_is(const struct import_totals *t, const struct import_header *h,
                      const struct csv_record *rec, struct slice *ret_word)
{
    size_t labels = 0;
    *ret_word = SLICE_NONE;
    struct slice number = slice_trim(import_header_cell(h, rec, h->phone));
    /* no spreadsheet counts to a plus, or a zero in front */
    if (number.n == 0 || number.p[0] == '+' || number.p[0] == '0') return false;
    for (size_t k = 0; k < h->width; k++) {
        struct slice cell = k == h->phone ? SLICE_NONE : slice_trim(import_header_cell(h, rec, k));
        if (cell.n == 0 || is_count(cell)) continue;
        if (++labels > 1) return false;
        *ret_word = cell;
    }
    /* of nothing but numbers one may well lie between two others */
    return labels ? says_total(*ret_word) : h->width > 1 && is_sum_or_mean(t, number);
}
