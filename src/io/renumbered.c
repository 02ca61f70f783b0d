/* In each case the operator moved every subscriber of the old form to exactly one number of the new
 * form and gave the old one to nobody, so both are one person. What the plan calls a number of
 * somebody today is left alone (person_number.c asks), but for those marked `true`. */
#include "renumbered.h"

#include "base/check.h"

// clang-format off
const struct renumbering renumberings[] = {
    /* Mexico, 3 August 2019 (IFT): no 1 behind the code any more, no 01, 044, 045 within the country */
    {52, 11, "1", "", false}, {52, 12, "01", "", false}, {52, 13, "044", "", false}, {52, 13, "045", "", false},
    /* Brazil, July 2012 to November 2016 (Anatel, resolution 553): mobiles began with 6 to 9 and got a 9 in
     * front; landlines begin with 2 to 5. The plan still lists 7… with 8 digits: Nextel's trunked radio, which
     * was switched off in March 2018. */
    {55, 10, "..[6-9]", "..9.", true},
    /* Argentina: 15 behind the area is how a mobile is dialled at home, 9 before it how from abroad; somebody
     * wrote both. (With 15 alone the plan itself does it.) */
    {54, 13, "9..15", "9..", false}, {54, 13, "9...15", "9...", false}, {54, 13, "9....15", "9....", false},
    /* Ivory Coast, 31 January 2021 (ARTCI): mobiles got the operator's two digits in front, told by the second
     * digit; 2… and 3… were landlines */
    {225, 8, "[04-9][0-3]", "01..", false}, {225, 8, "[04-9][4-6]", "05..", false}, {225, 8, "[04-9][7-9]", "07..", false},
    /* Benin, 30 November 2024 (ARCEP): 01 in front of everything */
    {229, 8, "", "01", false},
    /* Gabon, 15 November 2019, the old form switched off on 6 April 2024 (ARCEP, ANINF): 02, 05, 06 became 062,
     * 065, 066 and 04, 07 became 074, 077, without their first 0 from abroad; the plan still lists the old ones */
    {241, 8, "0[256]", "6.", true}, {241, 8, "0[47]", "7.", true},
    {241, 7, "[256]", "6.", true},  {241, 7, "[47]", "7.", true},
    /* The Gambia, 4 September to 30 November 2026 (PURA): the operator's two digits in front: Africell 87, QCell
     * 83, Comium 86; Gamcel (9…) stays. Both are dialled until then, and are one person. */
    {220, 7, "[27]", "87.", true}, {220, 7, "4[01]", "874.", true}, {220, 7, "3", "833", true},
    {220, 7, "5[0-389]", "835.", true}, {220, 7, "6", "866", true},
    /* Cameroon, 21 November 2014 (ART): 6 in front of mobiles */
    {237, 8, "[5-9]", "6.", false},
    /* Vietnam, 15 September to 14 November 2018 (MIC, decision 798): mobiles of 11 digits became 10 */
    {84, 10, "120", "70", false}, {84, 10, "121", "79", false}, {84, 10, "122", "77", false}, {84, 10, "126", "76", false},
    {84, 10, "128", "78", false}, {84, 10, "123", "83", false}, {84, 10, "124", "84", false}, {84, 10, "125", "85", false},
    {84, 10, "127", "81", false}, {84, 10, "129", "82", false}, {84, 10, "16[2-9]", "3.", false},
    {84, 10, "186", "56", false}, {84, 10, "188", "58", false}, {84, 10, "199", "59", false},
    /* Ecuador, 30 September 2012 (Conatel): 9 in front of mobiles */
    {593, 8, "[89]", "9.", false},
    /* Mauritius, 1 September 2013 (ICTA): 5 in front of mobiles */
    {230, 7, "[79]", "5.", false},
};
// clang-format on
const uint16_t renumbering_count = COUNT_OF(renumberings);
