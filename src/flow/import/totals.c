/* In small lists the sum of two numbers has as many digits as they have, and the mean of a list has so in each: in Denmark almost
 * any eight digits are somebody's. */
#include "totals.h"

#include "base/ascii.h"
#include "core/phone_title.h"

enum { WORD_BYTES_MAX = 40 };

/* As phone_title_plain writes them. Not "min" and "max": those are numbers of the list, and names. */
#define W(text)                                                                                    \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }
static const struct slice words[] = {
    W("sum"),          W("sums"),          W("total"),    W("totals"),      W("subtotal"),
    W("grandtotal"),   W("sumtotal"),      W("average"),  W("avg"),         W("meanvalue"),
    W("summe"),        W("zwischensumme"), W("gesamt"),   W("gesamtsumme"), W("insgesamt"),
    W("durchschnitt"), W("mittelwert"),    W("somme"),    W("soustotal"),   W("totalgeneral"),
    W("moyenne"),      W("suma"),          W("promedio"), W("soma"),        W("totalgeral"),
    W("somma"),        W("totale"),        W("media"),    W("totaal"),      W("subtotaal"),
    W("eindtotaal"),   W("gemiddelde"),    W("razem"),    W("lacznie"),     W("ogolem"),
    W("srednia"),      W("toplam"),        W("ortalama"), W("totalt"),      W("ialt"),
    W("gennemsnit"),   W("gjennomsnitt"),  W("summa"),    W("medelvarde"),  W("yhteensa"),
    W("keskiarvo"),    W("osszesen"),      W("celkem"),   W("spolu"),       W("cyfanswm"),
    W("cyfartaledd"),  W("jumlah"),        W("итого"),    W("всего"),       W("сумма"),
    W("среднее"),      W("разом"),         W("усього"),   W("всього"),      W("сума"),
    W("المجموع"),      W("الاجمالي"),      W("סהכ"),      W("合计"),        W("合計"),
    W("总计"),         W("総計"),          W("συνολο")};
#undef W

/* ASCII, which most names are, is folded by hand: that is faster. */
static size_t plain(struct slice cell, char out[PHONE_TITLE_PLAIN_BYTES])
{
    size_t n = 0;
    for (size_t i = 0; i < cell.n; i++) {
        if (cell.p[i] & 0x80) return phone_title_plain(cell, out);
        if (ascii_is_letter(cell.p[i]))
            out[n++] = ascii_lower(cell.p[i]);
        else if (ascii_is_digit(cell.p[i]))
            return 0;
    }
    return n;
}

/* Asked of each row of a list that holds a name only: most begin otherwise. */
static bool says_total(struct slice cell)
{
    char out[PHONE_TITLE_PLAIN_BYTES];
    size_t n = cell.n <= WORD_BYTES_MAX ? plain(cell, out) : 0;
    for (size_t i = 0; n && i < COUNT_OF(words); i++)
        if (words[i].p[0] == out[0] && words[i].n == n && memcmp(words[i].p, out, n) == 0)
            return true;
    return false;
}

bool import_totals_is(const struct import_header *h, const struct csv_record *rec,
                      struct slice *ret_word)
{
    size_t others = 0;
    struct slice number = slice_trim(import_header_cell(h, rec, h->phone));
    if (number.n == 0 || number.p[0] == '+') return false; /* no spreadsheet counts to a plus */
    for (size_t k = 0; k < h->width; k++) {
        struct slice cell = k == h->phone ? SLICE_NONE : slice_trim(import_header_cell(h, rec, k));
        if (cell.n == 0) continue;
        if (++others > 1) return false;
        *ret_word = cell;
    }
    return others == 1 && says_total(*ret_word);
}
