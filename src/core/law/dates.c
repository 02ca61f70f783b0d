/* Day and hours of the poll, as a text tells them, against the election's. Only what stands right behind words
 * such as "vote" or "polls close" is taken for the poll's. */
#include "words.h"

#include "core/civil.h"

#include "base/check.h"

enum { GAP_WORDS = 5 };

static const char *const weekdays[7] = {"monday mon dydd_llun lunes lundi montag poniedzialek",
                                        "tuesday tue tues martes mardi dienstag wtorek",
                                        "wednesday wed miercoles mercredi mittwoch",
                                        "thursday thu thur thurs jueves jeudi donnerstag czwartek",
                                        "friday fri viernes vendredi freitag piatek",
                                        "saturday sat sabado samedi samstag sobota",
                                        "sunday sun domingo dimanche sonntag niedziela"};
static const char *const months[12] = {"january jan enero janvier januar",
                                       "february feb febrero fevrier februar",
                                       "march mar marzo mars marz",
                                       "april apr abril avril",
                                       "may mayo mai",
                                       "june jun junio juin juni",
                                       "july jul julio juillet juli",
                                       "august aug agosto aout",
                                       "september sept sep septiembre septembre",
                                       "october oct octubre octobre oktober",
                                       "november nov noviembre novembre",
                                       "december dec diciembre decembre dezember"};

static int index_of(struct slice word, const char *const *lists, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (law_is_any(word, lists[i])) return (int)i;
    return -1;
}

/* ---- the calendar ---- */

static bool two(const char *p, int *ret)
{
    if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9') return false;
    *ret = 10 * (p[0] - '0') + p[1] - '0';
    return true;
}

static bool is_in_calendar(struct law_date d)
{
    if (d.year < 1970 || d.month < 1 || d.month > 12 || d.day < 1) return false;
    return d.day <= civil_month_days(d.year, d.month);
}

bool law_date_from_string(struct slice text, struct law_date *ret)
{
    int century, year;
    struct law_date d;
    if (text.n != 10 || text.p[4] != '-' || text.p[7] != '-' || !two(text.p, &century) ||
        !two(text.p + 2, &year) || !two(text.p + 5, &d.month) || !two(text.p + 8, &d.day))
        return false;
    d.year = 100 * century + year;
    if (!is_in_calendar(d)) return false;
    *ret = d;
    return true;
}

int64_t law_days(struct law_date d)
{
    return civil_days(d.year, d.month, d.day);
}

int law_weekday(struct law_date d)
{
    return (int)((law_days(d) + 3) % 7); /* 1970-01-01 was a Thursday */
}

/* ---- days ---- */

static bool has(const struct law_look *l, size_t i)
{
    return i < l->f->count;
}

static struct slice at(const struct law_look *l, size_t i)
{
    return has(l, i) ? fold_word_at(l->f, i) : SLICE_NONE;
}

/* "6", "6th" */
static bool is_day(struct slice word, int *ret)
{
    if (word.n > 2 && law_is_any(slice_from(word, word.n - 2), "st nd rd th")) word.n -= 2;
    return word.n <= 2 && law_digits(word, ret) && *ret >= 1 && *ret <= 31;
}

/* "06/05/2027", "6.5.27", in the US "5/6/2027". Only with the year of the election: three other numbers may be anything. */
static bool read_numbers(const struct law_look *l, size_t i, int *day, int *month)
{
    int first, second, year;
    const struct law_election *e = &l->c->organisation->election;
    bool month_first = e->country && strcmp(e->country, "US") == 0;
    if (at(l, i).n > 2 || !law_digits(at(l, i), &first) || at(l, i + 1).n > 2 ||
        !law_digits(at(l, i + 1), &second) || !law_digits(at(l, i + 2), &year))
        return false;
    *day = month_first ? second : first;
    *month = month_first ? first : second;
    return year == e->date.year || (year == e->date.year % 100 && at(l, i + 2).n == 2);
}

/* "6 May", "May 6", "6th of May", "6/5/2027"; how many words it takes, 0: no date. */
static size_t read_date(const struct law_look *l, size_t i, int *day, int *month)
{
    if (read_numbers(l, i, day, month)) return 3;
    size_t of = slice_is(at(l, i + 1), "of") ? 1 : 0;
    if (is_day(at(l, i), day) && (*month = index_of(at(l, i + 1 + of), months, 12) + 1) > 0)
        return 2 + of;
    if ((*month = index_of(at(l, i), months, 12) + 1) > 0 && is_day(at(l, i + 1), day)) return 2;
    return 0;
}

static struct slice from_to(const struct law_look *l, size_t from, size_t to)
{
    const struct fold_word *last = &l->f->words[to - 1];
    size_t begin = l->f->words[from].at;
    return slice_make(l->f->text + begin, (size_t)(last->at + last->n) - begin);
}

/* The local day that many texts leave on: both the first and the last. */
static bool leaves_on(const struct law_campaign *c, int64_t day)
{
    int64_t offset_ms = (int64_t)c->offset_s * 1000, first = (c->first_ms + offset_ms) / 86400000;
    return first == day && (c->last_ms + offset_ms) / 86400000 == day;
}

/* How many words from i on name a day that is not the poll's; 0: they name none, or the poll's. */
static size_t wrong_day(const struct law_look *l, size_t i)
{
    const struct law_election *e = &l->c->organisation->election;
    int day, month, weekday = index_of(at(l, i), weekdays, 7);
    size_t n = read_date(l, weekday >= 0 ? i + 1 : i, &day, &month);
    bool wrong = n && (day != e->date.day || month != e->date.month);
    if (weekday >= 0) wrong |= weekday != law_weekday(e->date);
    if (wrong) return n + (weekday >= 0);
    if (law_is_any(at(l, i), "today") && l->c->first_ms)
        return leaves_on(l->c, law_days(e->date)) ? 0 : 1;
    if (law_is_any(at(l, i), "tomorrow") && l->c->first_ms)
        return leaves_on(l->c, law_days(e->date) - 1) ? 0 : 1;
    return 0;
}

/* Words that may stand between "vote" and its day; others end it: "vote in our members' poll on Monday". */
static bool ends_gap(struct slice word)
{
    return law_is_any(
        word,
        "by before post postal early register registration absentee deadline apply in about motion "
        "strike meeting members count after and or if when who to at our canvass");
}

/* "vote", "polling day", "election", "polls open" … ; ret_after is the word behind. */
static bool is_anchor(const struct law_look *l, size_t i, size_t *ret_after)
{
    struct slice word = at(l, i), next = at(l, i + 1);
    *ret_after = i + 1;
    if (law_is_any(word, "polling election elections") && law_is_any(next, "day is on takes are")) {
        *ret_after = i + 2;
        return true;
    }
    if (slice_is(word, "polls") && law_is_any(next, "open are")) {
        *ret_after = i + 2;
        return true;
    }
    if (slice_is(word, "polling") && law_is_any(next, "station stations") &&
        (law_is_any(at(l, i + 2), "today tomorrow") ||
         index_of(at(l, i + 2 + slice_is(at(l, i + 2), "on")), weekdays, 7) >= 0)) {
        *ret_after = i + 2;
        return true;
    }
    if (!law_is_any(word, "vote pleidleisiwch votez wahlen glosuj vota")) return false;
    if (i > 0 && law_is_any(at(l, i - 1), "the a postal your strike members to_ last"))
        return false;
    return !(slice_is(next, "on") && law_is_any(at(l, i + 2), "the a our whether it motion"));
}

static bool tell_day(const struct law_look *l, size_t after)
{
    for (size_t i = after; has(l, i) && i < after + GAP_WORDS; i++) {
        if (l->f->words[i].after_pause || ends_gap(at(l, i))) return false;
        size_t n = wrong_day(l, i);
        int day, month;
        if (n) {
            law_tell(l, LAW_WRONG_DATE, from_to(l, i, i + n));
            return true;
        }
        if (index_of(at(l, i), weekdays, 7) >= 0 || read_date(l, i, &day, &month))
            return false; /* right */
    }
    return false;
}

/* ---- hours ---- */

static bool is_half(struct slice word, int *ret_add)
{
    *ret_add = slice_is(word, "pm") ? 12 * 60 : 0;
    return law_is_any(word, "am pm");
}

/* "10pm" becomes "10" and what its half of the day adds. */
static bool cut_half(struct slice *word, int *ret_add)
{
    if (word->n < 3 || !is_half(slice_from(*word, word->n - 2), ret_add)) return false;
    word->n -= 2;
    return true;
}

static int on_clock(int hour, int add)
{
    return hour <= 12 ? hour % 12 * 60 + add : -1;
}

/* What follows the hour at word i: "10 pm", "10.30pm", "10.30 pm", "22:00". */
static int read_behind_hour(const struct law_look *l, size_t i, int hour, bool *exact)
{
    int minute = 0, add;
    struct slice next = at(l, i + 1), minutes = next;
    if (is_half(next, &add)) return on_clock(hour, add);
    if (next.n == 4 && cut_half(&minutes, &add) && law_digits(minutes, &minute))
        return hour % 12 * 60 + minute + add;
    *exact = false;
    if (next.n != 2 || !law_digits(next, &minute) || minute >= 60) return hour * 60;
    *exact = true;
    if (is_half(at(l, i + 2), &add)) return hour % 12 * 60 + minute + add;
    *exact = hour == 0 || hour > 12 || at(l, i).n == 2;
    return hour * 60 + minute;
}

/* Smaller ones count other things: "to one of the polling stations". */
enum { FIRST_IN_WORDS = 5 };
static const char *const hours_in_words[] = {"five", "six", "seven",  "eight",
                                             "nine", "ten", "eleven", "twelve"};

/* "10pm", "10 pm", "ten", "10.30pm", "22:00": minutes since midnight; -1: it is no time. *exact: the text says whether it is the afternoon. */
static int read_time(const struct law_look *l, size_t i, bool *exact)
{
    int hour, add;
    struct slice word = at(l, i);
    *exact = true;
    hour = index_of(word, hours_in_words, COUNT_OF(hours_in_words));
    if (hour >= 0) {
        *exact = is_half(at(l, i + 1), &add);
        return *exact ? on_clock(hour + FIRST_IN_WORDS, add) : (hour + FIRST_IN_WORDS) * 60;
    }
    if (slice_is(word, "midnight")) return 24 * 60;
    if (slice_is(word, "noon")) return 12 * 60;
    if (cut_half(&word, &add)) return law_digits(word, &hour) ? on_clock(hour, add) : -1;
    if (!law_digits(word, &hour) || hour > 24) return -1;
    return read_behind_hour(l, i, hour, exact);
}

static bool is_wrong_time(int said, bool exact, int wanted)
{
    if (said < 0) return false;
    return said != wanted && (exact || (said + 12 * 60) % (24 * 60) != wanted);
}

/* "polls open 7am to 10pm", "polling stations close at 10pm", "polls are open until 10". */
static void tell_hours(const struct law_look *l, size_t from)
{
    enum { WITHIN = 10 };
    const struct law_election *e = &l->c->organisation->election;
    int wanted = e->opens_min;
    for (size_t i = from; has(l, i) && i < from + WITHIN; i++) {
        bool exact;
        if (law_is_any(at(l, i), "close closes closed shut shuts until till til to"))
            wanted = e->closes_min;
        if (law_is_any(at(l, i), "open opens from")) wanted = e->opens_min;
        if (law_is_any(at(l, i), "registration register office cafe call phone")) return;
        int said = read_time(l, i, &exact);
        if (said >= 0 &&
            law_is_any(at(l, i - 1),
                       "at until till til to from open between and close closes shut shuts") &&
            is_wrong_time(said, exact, slice_is(at(l, i - 1), "and") ? e->closes_min : wanted)) {
            law_tell(l, LAW_WRONG_HOURS, from_to(l, i, i + 1));
            return;
        }
    }
}

/* "you can vote until 10pm", "vote from 7am", but not "vote from home". */
static bool is_voting_hours(const struct law_look *l, size_t i)
{
    bool exact;
    return law_is_any(at(l, i), "vote voting") &&
           law_is_any(at(l, i + 1), "until till til from between") &&
           read_time(l, i + 2, &exact) >= 0;
}

/* ---- all ---- */

/* "Friday 6 May" where the 6th is a Thursday, whatever it is the day of. */
static void tell_weekday(const struct law_look *l)
{
    const struct law_election *e = &l->c->organisation->election;
    for (size_t i = 0; has(l, i); i++) {
        int day, month, weekday = index_of(at(l, i), weekdays, 7);
        size_t n = weekday >= 0 ? read_date(l, i + 1, &day, &month) : 0;
        if (!n || day != e->date.day || month != e->date.month || weekday == law_weekday(e->date))
            continue;
        law_tell(l, LAW_WRONG_DATE, from_to(l, i, i + 1 + n));
        return;
    }
}

/* "polls …", "polling station …", "vote until 10pm" */
static bool leads_to_hours(const struct law_look *l, size_t i)
{
    if (slice_is(at(l, i), "polls") || is_voting_hours(l, i)) return true;
    return slice_is(at(l, i), "polling") && law_is_any(at(l, i + 1), "station stations");
}

void law_dates(const struct law_look *l)
{
    const struct law_election *e = &l->c->organisation->election;
    bool told = false;
    size_t after;
    if (!law_votes_there(e, l->country)) return;
    if (l->c->first_ms && law_days(e->date) * 86400000 < l->c->first_ms - INT64_C(3) * 86400000)
        return; /* over */
    for (size_t i = 0; has(l, i) && !told; i++)
        if (is_anchor(l, i, &after)) told = tell_day(l, after);
    if (!told) tell_weekday(l);
    for (size_t i = 0; has(l, i); i++)
        if (leads_to_hours(l, i)) {
            tell_hours(l, i + 1);
            return;
        }
}
