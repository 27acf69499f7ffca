// SPDX-License-Identifier: EUPL-1.2
#include "model/sensitivity.h"

static const char *const words[SENSITIVITIES] = {
    [SENSITIVITY_UNCLASSIFIED] = "unclassified",
    [SENSITIVITY_TRAFFICKING] = "trafficking",
    [SENSITIVITY_CHILD] = "child",
    [SENSITIVITY_SEXUAL] = "sexual",
    [SENSITIVITY_DOMESTIC] = "domestic",
    [SENSITIVITY_SELF_HARM] = "self-harm",
    [SENSITIVITY_HATE] = "hate",
    [SENSITIVITY_PERSON] = "person",
    [SENSITIVITY_HOME] = "home",
    [SENSITIVITY_DRUGS] = "drugs",
    [SENSITIVITY_ORDINARY] = "ordinary",
    [SENSITIVITY_STREET] = "street",
};

str sensitivity_word(enum sensitivity s)
{
    return str_of(words[s]);
}

// The lower number is the stricter class.
enum sensitivity sensitivity_strictest(sensitivity_set set)
{
    return set ? (enum sensitivity)__builtin_ctz(set) : SENSITIVITY_UNCLASSIFIED;
}

bool sensitivity_read(str word, enum sensitivity *out)
{
    for (int i = 0; i < SENSITIVITIES; i++)
        if (str_eq(word, str_of(words[i]))) return *out = (enum sensitivity)i, true;
    return false;
}
