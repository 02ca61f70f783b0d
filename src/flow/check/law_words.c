#include "law_words.h"

static const char *const sentences[LAW_FINDINGS] = {
    [LAW_BOUGHT] =
        "the consent of $whom comes from '$what': a list that was bought, or that somebody "
        "else collected, must not be texted; take them off",
    [LAW_OTHERS_CONSENT] = "$whom agreed to texts of somebody else ('$what' stands in "
                           "consent_wording): consent has to name you. Take them off, or confirm "
                           "that this is you",
    [LAW_UNSOURCED] = "nobody knows where the consent of $whom comes from (no consent_source): was "
                      "no list bought or borrowed, and did they agree to texts of yours?",
    [LAW_NO_OPT_OUTS_BROUGHT] =
        "this is the first launch here, and no opt-outs are known: bring those of your earlier "
        "supplier along (Opt-outs, or muster suppress import), or confirm that there are none",
    [LAW_UNTESTED] =
        "nobody has sent this text to a phone as it stands: send it to your own "
        "first (\"Send me a test\", or muster campaign test), or confirm that somebody "
        "saw it on one",
    [LAW_LINKED_PAGE] =
        "the page that the text links to needs the imprint, too: open it, see that it "
        "is https and has name and postal address, and confirm it",
    [LAW_COME_BACK] = "'$what' is for people who opted out, and they must not be asked to come "
                      "back: leave it out",
    [LAW_ONE_WAY] = "nobody can answer a sender that is a name, but the text of $whom asks for "
                    "something: send from "
                    "a number, or ask nothing",
    [LAW_SENDER_FORMAT] = "the sender '$what' will be refused: a name has 1 to 11 letters, "
                          "digits and blanks, and a "
                          "letter among them",
    [LAW_SENDER_COUNTRY] = "texts from '$what' do not reach people in $where: send through an "
                           "account with a number "
                           "of that country",
    [LAW_COUNTRY_CLOSED] = "$whom $are in $where, which is not among organisation.countries: "
                           "take them off the list, or "
                           "add the country",
    [LAW_COUNTRY_BARRED] = "political texts are forbidden in $where: take $whom off the list",
    [LAW_NO_RULES] =
        "no rules are known for $where: ask what the law there wants before you text $whom",
    [LAW_US_UNREGISTERED] =
        "$whom $are in the US, where carriers block texts of no registered campaign: say "
        "organisation.us_campaign (10DLC), and us_verify (Campaign Verify) if you are "
        "political",
    [LAW_INDIA_UNREGISTERED] =
        "$whom $are in India, where entity, sender and text have to be registered (DLT), and a "
        "political text certified as it stands: say organisation.india_entity",
    [LAW_INDIA_SILENCE] = "nothing political may be sent to people in India in the 48 hours "
                          "before the poll closes: "
                          "end before that",
    [LAW_INDIA_HOURS] =
        "people in India may be texted from 10:00 to 21:00 only: say `hours: \"10:00-21:00\"`",
    [LAW_STATE_HOURS] =
        "some states of the US allow fewer hours: CT 09:00 to 20:00, FL, MD, MS, NJ and OK 08:00 "
        "to "
        "20:00, TX 09:00 to 21:00 and on Sundays from 12:00. Say `hours: \"09:00-20:00, sun "
        "12:00-20:00\"` for $whom, or make sure that nobody is there",
    [LAW_LATE_ON_POLLING_DAY] =
        "texts would leave in the last hour of polling day, too late to get anybody to the "
        "polls: end earlier",
    [LAW_AFTER_CLOSE] = "a text about voting could leave after the poll has closed: set the "
                        "deadline to its close, or "
                        "earlier",
    [LAW_EXIT_POLL] = "'$what' may say how people have voted, which is an offence before the "
                      "poll closes (s.66A): "
                      "leave it out",
    [LAW_POSTAL_VOTES] = "'$what' sounds like an offer to handle somebody's postal vote, which "
                         "campaigners must not: "
                         "leave it out",
    [LAW_TREATING] = "'$what' offers something for voting, which is an offence: leave it out",
    [LAW_WRONG_DATE] = "'$what' is not the day of the election as the configuration has it "
                       "(`election.date`): mend one "
                       "of them",
    [LAW_WRONG_HOURS] = "'$what' is not when polls open or close (`election.opens`, "
                        "`election.closes`): mend one of them",
    [LAW_NO_IMPRINT] = "election material on WhatsApp needs an imprint, \"Promoted by NAME, "
                       "ADDRESS\": put it into "
                       "the template",
    [LAW_SMS_IMPRINT] = "an SMS needs no imprint, but the page that it links to does",
    [LAW_SHARE_IMPRINT] = "who passes this text on publishes election material: put the "
                          "imprint into it, \"Promoted "
                          "by NAME, ADDRESS\"",
    [LAW_EU_LABEL] = "$whom $are in the EU ($where), where political advertising has to say so, "
                     "name who pays, and link "
                     "to a transparency notice (not so for your own members)",
    [LAW_WHATSAPP_POLITICS] =
        "Meta does not allow parties, candidates or political campaigns on the WhatsApp "
        "Business "
        "Platform, and may close your account without warning: send it by SMS "
        "(business.whatsapp.com/policy)",
    [LAW_WHATSAPP_CIVIC] = "Meta bars political campaigns from WhatsApp: have its confirmation "
                           "in writing that you are "
                           "none",
    [LAW_WHATSAPP_US] =
        "Meta delivers no marketing templates to numbers of the US: send to $whom by SMS",
    [LAW_NAME_ODD] = "the first name of $whom looks wrong, such as '$what': mend the list",
    [LAW_PLACEHOLDER] = "'$what' in the text of $whom looks forgotten: fill it in",
    [LAW_EXTENDED] =
        "the text of $whom has characters that count as two (^ { } [ ] ~ | \\ or the euro)",
    [LAW_LONG] = "the text of $whom has more than two parts: short ones are read",
    [LAW_LINK] = "the text of $whom has a link: carriers trust a first text without one more, "
                 "send it to who answers",
    [LAW_SHORTENER] =
        "'$what' is a public link shortener, and carriers block those: use a link of your own",
    [LAW_HTTP] = "'$what' is not https: people are warned of it, and it can be read on the way",
    [LAW_DOMAIN] =
        "'$what' is not one of organisation.domains: link to your own page, or add the domain",
    [LAW_PERSONAL_LINK] =
        "a link in the text of $whom holds their name, number or address: others may see it",
    [LAW_OWN_NUMBER] = "one of our own sending numbers is in the list, $whom: take it off",
};

const char *law_sentence(enum law_finding f)
{
    return sentences[f];
}
