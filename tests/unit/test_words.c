/* What people really write, held against the recogniser: tests/words/build.tsv, by which the word
 * lists were made, heldout.tsv, which was written before them, and second.tsv to twenty_first.tsv, by
 * authors who had not seen them. Prints precision and recall of each; every message
 * that is taken wrongly is named. The head of heldout.tsv explains the columns.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/check.h"
#include "core/keywords.h"

enum { LINE_BYTES = 1024, MESSAGES_MIN = 600 };

enum wanted { STOP, OUT, HOLD, MAYBE, NONE, START, HELP, REACTION, WANTED_COUNT };
static const char *const wanted_names[] = {"stop", "out",   "hold", "maybe",
                                           "none", "start", "help", "reaction"};

struct score {
    unsigned messages[WANTED_COUNT];
    unsigned as_stop[WANTED_COUNT], as_near[WANTED_COUNT], right[WANTED_COUNT];
    unsigned tagged, tags_right;
};

struct message {
    char language[8];
    enum wanted wanted;
    char tags[8];
    char text[LINE_BYTES];
};

static struct keywords *words;
static struct score whole;

static void unescape(char *s)
{
    char *to = s;
    for (; *s; s++) {
        bool line = s[0] == '\\' && s[1] == 'n';
        *to++ = line ? '\n' : *s;
        s += line;
    }
    *to = '\0';
}

static bool read_message(char *line, struct message *m)
{
    char wanted[16];
    if (line[0] == '#' || line[0] == '\n') return false;
    if (sscanf(line, "%7[^\t]\t%15[^\t]\t%7[^\t]\t%1023[^\n]", m->language, wanted, m->tags,
               m->text) != 4)
        fail_msg("not four columns: %s", line);
    for (size_t i = 0; i < WANTED_COUNT; i++)
        if (strcmp(wanted, wanted_names[i]) == 0) {
            m->wanted = (enum wanted)i;
            unescape(m->text);
            return true;
        }
    fail_msg("no such class: %s", line);
    return false;
}

static bool is_right(enum wanted wanted, enum keyword k)
{
    switch (wanted) {
    case STOP:
        return k == KEYWORD_STOP;
    case OUT:
        return k == KEYWORD_STOP || k == KEYWORD_NEAR_STOP;
    case HOLD:
        return k == KEYWORD_NEAR_STOP;
    case MAYBE:
        return k == KEYWORD_NONE || k == KEYWORD_NEAR_STOP;
    case START:
        return k == KEYWORD_START;
    case HELP:
        return k == KEYWORD_HELP;
    case REACTION:
        return k == KEYWORD_REACTION;
    case NONE:
    case WANTED_COUNT:
        break;
    }
    return k == KEYWORD_NONE;
}

static unsigned tags_of(const char *letters)
{
    unsigned tags = 0;
    for (; *letters; letters++) {
        if (*letters == 'y') tags |= KEYWORD_TAG_YES;
        if (*letters == 'n') tags |= KEYWORD_TAG_NO;
        if (*letters == 'q') tags |= KEYWORD_TAG_QUESTION;
        if (*letters == 'w') tags |= KEYWORD_TAG_WRONG_NUMBER;
    }
    return tags;
}

static void look_at(const struct message *m, struct score *s)
{
    enum keyword k = keywords_recognise(words, slice_of(m->text));
    s->messages[m->wanted]++;
    s->as_stop[m->wanted] += k == KEYWORD_STOP;
    s->as_near[m->wanted] += k == KEYWORD_NEAR_STOP;
    s->right[m->wanted] += is_right(m->wanted, k);
    if (!is_right(m->wanted, k))
        printf("# %s: want %s, got %s: %s\n", m->language, wanted_names[m->wanted],
               keyword_to_string(k), m->text);
    if (m->tags[0] == '*') return;
    unsigned got = keywords_tags(words, slice_of(m->text));
    s->tagged++;
    s->tags_right += got == tags_of(m->tags);
    if (got != tags_of(m->tags))
        printf("# %s: want tags %s, got %s%s%s%s%s: %s\n", m->language, m->tags,
               got & KEYWORD_TAG_YES ? "y" : "", got & KEYWORD_TAG_NO ? "n" : "",
               got & KEYWORD_TAG_QUESTION ? "q" : "", got & KEYWORD_TAG_WRONG_NUMBER ? "w" : "",
               got & KEYWORD_TAG_MAYBE_OPT_OUT ? "m" : "", m->text);
}

static double share(unsigned part, unsigned of)
{
    return of ? (double)part / of : 1;
}

static unsigned sum(const unsigned *counts)
{
    unsigned n = 0;
    for (size_t i = 0; i < WANTED_COUNT; i++)
        n += counts[i];
    return n;
}

static double stop_recall(const struct score *s)
{
    return share(s->as_stop[STOP], s->messages[STOP]);
}

static double held_recall(const struct score *s)
{
    unsigned wanted = 0, seen = 0;
    for (size_t i = STOP; i <= HOLD; i++) {
        wanted += s->messages[i];
        seen += s->as_stop[i] + s->as_near[i];
    }
    return share(seen, wanted);
}

static unsigned false_stops(const struct score *s)
{
    return sum(s->as_stop) - s->as_stop[STOP] - s->as_stop[OUT];
}

static unsigned false_holds(const struct score *s)
{
    unsigned n = sum(s->as_near);
    for (size_t i = STOP; i <= MAYBE; i++)
        n -= s->as_near[i];
    return n;
}

static void print(const char *name, const struct score *s)
{
    unsigned acted = sum(s->as_stop), held = sum(s->as_near);
    printf("# %s: %u messages\n", name, sum(s->messages));
    printf("#   stop: recall %.3f (%u of %u), precision %.3f (%u of %u that acted)\n",
           stop_recall(s), s->as_stop[STOP], s->messages[STOP],
           share(acted - false_stops(s), acted), acted - false_stops(s), acted);
    printf(
        "#   stop or held: recall %.3f, of all who want no more; held: precision %.3f (%u of %u)\n",
        held_recall(s), share(held - false_holds(s), held), held - false_holds(s), held);
    for (size_t i = HOLD; i < WANTED_COUNT; i++)
        printf("#   %s: %u of %u\n", wanted_names[i], s->right[i], s->messages[i]);
    printf("#   tags: %.3f (%u of %u)\n", share(s->tags_right, s->tagged), s->tags_right,
           s->tagged);
}

static void add(struct score *to, const struct score *s)
{
    for (size_t i = 0; i < WANTED_COUNT; i++)
        to->messages[i] += s->messages[i];
}

/* The bounds are what the lists reach, less one or two messages. */
static void hold(const char *file)
{
    char path[512], line[LINE_BYTES];
    struct score s = {.tagged = 0};
    (void)snprintf(path, sizeof path, "%s/%s", MUSTER_WORDS, file);
    FILE *f = fopen(path, "r");
    if (!f) fail_msg("no %s", path);
    while (fgets(line, sizeof line, f)) {
        struct message m;
        if (read_message(line, &m)) look_at(&m, &s);
    }
    (void)fclose(f);
    print(file, &s);
    add(&whole, &s);
    assert_int_equal(false_stops(&s), 0);
    assert_true(stop_recall(&s) >= 0.97);
    assert_true(held_recall(&s) >= 0.97);
    assert_true(share(sum(s.as_near) - false_holds(&s), sum(s.as_near)) >= 0.9);
    assert_true(share(s.right[NONE], s.messages[NONE]) >= 0.97);
    assert_true(share(s.tags_right, s.tagged) >= 0.95);
    for (size_t i = START; i < WANTED_COUNT; i++)
        assert_int_equal(s.right[i], s.messages[i]);
}

static void test_build_part(void **state)
{
    (void)state;
    hold("build.tsv");
}

static void test_held_out_part(void **state)
{
    (void)state;
    hold("heldout.tsv");
    assert_true(sum(whole.messages) >= MESSAGES_MIN);
}

static void test_second_judge(void **state)
{
    (void)state;
    hold("second.tsv");
}

static void test_third_judge(void **state)
{
    (void)state;
    hold("third.tsv");
}

static void test_fourth_judge(void **state)
{
    (void)state;
    hold("fourth.tsv");
}

static void test_fifth_judge(void **state)
{
    (void)state;
    hold("fifth.tsv");
}

static void test_sixth_judge(void **state)
{
    (void)state;
    hold("sixth.tsv");
}

static void test_seventh_judge(void **state)
{
    (void)state;
    hold("seventh.tsv");
}

static void test_eighth_judge(void **state)
{
    (void)state;
    hold("eighth.tsv");
}

static void test_ninth_judge(void **state)
{
    (void)state;
    hold("ninth.tsv");
}

static void test_tenth_judge(void **state)
{
    (void)state;
    hold("tenth.tsv");
}

static void test_eleventh_judge(void **state)
{
    (void)state;
    hold("eleventh.tsv");
}

static void test_twelfth_judge(void **state)
{
    (void)state;
    hold("twelfth.tsv");
}

static void test_thirteenth_judge(void **state)
{
    (void)state;
    hold("thirteenth.tsv");
}

static void test_fourteenth_judge(void **state)
{
    (void)state;
    hold("fourteenth.tsv");
}

static void test_fifteenth_judge(void **state)
{
    (void)state;
    hold("fifteenth.tsv");
}

static void test_sixteenth_judge(void **state)
{
    (void)state;
    hold("sixteenth.tsv");
}

static void test_seventeenth_judge(void **state)
{
    (void)state;
    hold("seventeenth.tsv");
}

static void test_eighteenth_judge(void **state)
{
    (void)state;
    hold("eighteenth.tsv");
}

static void test_nineteenth_judge(void **state)
{
    (void)state;
    hold("nineteenth.tsv");
}

static void test_twentieth_judge(void **state)
{
    (void)state;
    hold("twentieth.tsv");
}

static void test_twenty_first_judge(void **state)
{
    (void)state;
    hold("twenty_first.tsv");
}

static int set_up(void **state)
{
    (void)state;
    words = keywords_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    keywords_free(words);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_build_part),       cmocka_unit_test(test_held_out_part),
        cmocka_unit_test(test_second_judge),     cmocka_unit_test(test_third_judge),
        cmocka_unit_test(test_fourth_judge),     cmocka_unit_test(test_fifth_judge),
        cmocka_unit_test(test_sixth_judge),      cmocka_unit_test(test_seventh_judge),
        cmocka_unit_test(test_eighth_judge),     cmocka_unit_test(test_ninth_judge),
        cmocka_unit_test(test_tenth_judge),      cmocka_unit_test(test_eleventh_judge),
        cmocka_unit_test(test_twelfth_judge),    cmocka_unit_test(test_thirteenth_judge),
        cmocka_unit_test(test_fourteenth_judge), cmocka_unit_test(test_fifteenth_judge),
        cmocka_unit_test(test_sixteenth_judge),  cmocka_unit_test(test_seventeenth_judge),
        cmocka_unit_test(test_eighteenth_judge), cmocka_unit_test(test_nineteenth_judge),
        cmocka_unit_test(test_twentieth_judge),  cmocka_unit_test(test_twenty_first_judge),
    };
    return cmocka_run_group_tests_name("words", tests, set_up, tear_down);
}
