// SPDX-License-Identifier: EUPL-1.2
#include "store/alike.h"

/// "12.00" is 12, and "12.10" is itself.
static str without_decimals(str key)
{
    str s = key;
    while (s.n && s.p[s.n - 1] == '0') s.n--;
    if (s.n < 2 || s.p[s.n - 1] != '.') return key;
    while (s.n && s.p[s.n - 1] == '.') s.n--;
    return s;
}

static str with_letters(str s, char from, char to, char *room)
{
    for (size_t i = 0; i < s.n; i++)
        room[i] = s.p[i] >= from && s.p[i] < from + 26 ? (char)(s.p[i] - from + to) : s.p[i];
    return (str){ room, s.n };
}

struct key_forms key_forms(str key, char *room)
{
    str  s = without_decimals(key);
    bool small = false, capital = false;
    while (s.n && (*s.p == '0' || *s.p == '\'')) s.p++, s.n--;
    for (size_t i = 0; i < s.n; i++) {
        small |= s.p[i] >= 'a' && s.p[i] <= 'z';
        capital |= s.p[i] >= 'A' && s.p[i] <= 'Z';
    }
    return (struct key_forms){ .small = capital ? with_letters(s, 'A', 'a', room) : s,
                               .capital = small ? with_letters(s, 'a', 'A', room + key.n) : s,
                               .odd = s.n != key.n || (small && capital) };
}
