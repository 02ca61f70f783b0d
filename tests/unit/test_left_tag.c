/* What looks like a tag that nobody filled in, and what only looks odd. */
#include "core/left_tag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/check.h"

static const struct slice columns[] = {{"first_name", 10}, {"town", 4}, {"shoe size", 9}};

static const struct {
    const char *text, *tag;
} left[] = {
    {"Hi {firstName}", "{firstName}"},
    {"Hi {Name}, { first name }", "{Name}"},
    {"Hi { first_name }!", "{ first_name }"},
    {"Hi {Sam}", "{Sam}"},
    {"{Hi|Hello} there", "{Hi|Hello}"},
    {"Hi {{first_name", "{{"},
    {"so }} it ends", "}}"},
    {"Hi ${first_name} and #{town}", "{first_name}"},
    {"{% if town %}", "{% if town %}"},
    {"Hi [First Name]", "[First Name]"},
    {"Hi [firstname],", "[firstname]"},
    {"[town]!", "[town]"},
    {"size [SHOE_SIZE]", "[SHOE_SIZE]"},
    {"at [insert venue here]", "[insert venue here]"},
    {"[Your Name] writes", "[Your Name]"},
    {"Hi [contact.first_name]", "[contact.first_name]"},
    {"Hi [[FNAME]]", "[[FNAME]]"},
    {"Hi *|FNAME|*", "*|FNAME|*"},
    {"*|IF:FNAME|* x", "*|IF:FNAME|*"},
    {"Hi <<first_name>>", "<<first_name>>"},
    {"Hi << First Name >>", "<< First Name >>"},
    {"Hi <first name>", "<first name>"},
    {"Hi <%= name %>", "<%= name %>"},
    {"a <br> b", "<br>"},
    {"Hi %FIRSTNAME%", "%FIRSTNAME%"},
    {"Hi %recipient.fname%", "%recipient.fname%"},
    {"Hi %%First Name%%", "%First Name%"},
    {"Hi %%firstname%%", "%%firstname%%"},
    {"Hi %s, come", "%s"},
    {"Hi %1$s", "%1$s"},
    {"see https://x.example/?e=%EMAIL%", "%EMAIL%"},
    {"Hi ##NAME##", "##NAME##"},
    {"Hi #first_name#", "#first_name#"},
    {"Hi @@name@@", "@@name@@"},
    {"Hi $name$ and $$other$$", "$name$"},
    {"Hi __NAME__", "__NAME__"},
    {"Hi ((name)), see you", "((name))"},
    {"Hi ((first name))", "((first name))"},
    {"at ((hall_2))", "((hall_2))"},
    {"Hi [*NAME*]", "[*NAME*]"},
    {"Hi |FNAME|,", "|FNAME|"},
    {"Hi $first_name, come", "$first_name"},
    {"Hi $Town.", "$Town"},
    {"Hi @contact.first_name.", "@contact.first_name"},
    {"Hi @(contact.name)", "@(contact.name)"},
    {"Hi ~name~", "~name~"},
    {"Hi &lt;first_name&gt;, come", "&lt;first_name&gt;"},
    {"Hi &lt;First Name&gt;", "&lt;First Name&gt;"},
    {"Hi [name|friend]", "[name|friend]"},
    {"Hi [First Name | there]", "[First Name | there]"},
    {"Hi %FIRST_NAME|friend%", "%FIRST_NAME|friend%"},
    {"Hi @first_name.", "first_name"},
    {"Hi :first_name:", "first_name"},
    {"Hi first_name", "first_name"},
    {"Hi &first_name&", "first_name"},
    {"[first_name", "first_name"},
    {"{first_name", "first_name"},
    {"Dear \xC2\xABNombre\xC2\xBB", "\xC2\xABNombre\xC2\xBB"},
    {"Salut \xC2\xAB pr\xC3\xA9nom \xC2\xBB", "\xC2\xAB pr\xC3\xA9nom \xC2\xBB"},
    {"Hi \xEF\xBD\x9B\xEF\xBD\x9B"
     "first_name\xEF\xBD\x9D\xEF\xBD\x9D",
     "\xEF\xBD\x9B\xEF\xBD\x9B"},
    {"Hi \xEF\xBC\xBBName\xEF\xBC\xBD", "\xEF\xBC\xBBName\xEF\xBC\xBD"},
};

static const char *const fine[] = {
    "",
    "{",
    "}",
    "[",
    "{}",
    "[]",
    "{ }",
    ":-{",
    "a [note] and [Reminder]",
    "[Leeds] Meeting tonight",
    "[town",
    "{town",
    "write to first_name@x.example",
    "see https://x.example/first_name or x.example/?first_name=1",
    "my first_names and our_first_name",
    "a & b &lt; c &gt; d",
    "[a|b] or [this | that]",
    "I <3 you, 2 > 1 < 3",
    "Thursday | 7pm | Town Hall | time | place |",
    "50%off%everything, 100%sure%",
    "up 5% or 6% by date",
    "https://x.example/%D0%BF%D1%80/a%20name%20b?x=#d#",
    "www.x.example/~ann~/",
    "#one#two #date",
    "call (date) or *time*",
    "write to <a@b.example> or <https://x.example/a>",
    "Elle a dit \xC2\xAB bonjour \xC2\xBB",
    "\xC2\xAB Le Monde \xC2\xBB",
    "7pm ~ time ~ 8pm",
    "（Name）",
    "cost $5 or $6, or $US 7, $name_of_nobody",
    "sad :(( but fine :))",
    "see ((the map) (and the plan))",
    "follow @town and @name",
    "ann@contact.name writes",
    "https://x.example/@contact.name?$town=1",
    "snake_case__name and __init",
    "100%s",
};

static void tags_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(left); i++) {
        struct slice tag = SLICE_NONE;
        if (!left_tag_find(slice_of(left[i].text), columns, COUNT_OF(columns), &tag))
            fail_msg("nothing in '%s'", left[i].text);
        if (!slice_is(tag, left[i].tag)) fail_msg("'%.*s' in '%s'", SLICE_ARG(tag), left[i].text);
    }
}

static void other_signs_are_left_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(fine); i++) {
        struct slice tag = SLICE_NONE;
        if (left_tag_find(slice_of(fine[i]), columns, COUNT_OF(columns), &tag))
            fail_msg("'%.*s' in '%s'", SLICE_ARG(tag), fine[i]);
        assert_null(tag.p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_are_found),
        cmocka_unit_test(other_signs_are_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
