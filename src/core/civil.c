#include "civil.h"

bool civil_is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int civil_month_days(int64_t year, int64_t month)
{
    static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && civil_is_leap(year));
}

/* Years begin in March here, so that the leap day is the last one (Howard Hinnant's). 719468: from March 1 of year 0 to 1970. */
int64_t civil_days(int64_t year, int64_t month, int64_t day)
{
    int64_t y = year - (month <= 2), m = month + (month > 2 ? -3 : 9);
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}
