// SPDX-License-Identifier: EUPL-1.2
// What a kind of incident can do to the people in it when it is told: the word that publication is decided by. A category
// has one class; an incident has those of all its categories, and those that its own record gives away (a mark, an article
// of the law, a description), and is as hidden as the strictest of them.
// Sources: the tiers of data.police.uk and of the disclosure literature (ICO 2012; ONS 2021).
#pragma once
#include "base/str.h"
#include <stdbool.h>
#include <stdint.h>

// In the order in which a person who is asked reads them. The numbers are stored; new ones go to the end.
enum sensitivity {
    SENSITIVITY_UNCLASSIFIED, // nobody has said yet what it is: told to nobody
    SENSITIVITY_TRAFFICKING, // trafficking in persons, slavery, forced labour or prostitution: told to nobody, by code
    SENSITIVITY_CHILD, // against a child, whatever else it is
    SENSITIVITY_SEXUAL,
    SENSITIVITY_DOMESTIC,  // among people who live together or are close
    SENSITIVITY_SELF_HARM, // suicide and attempts
    SENSITIVITY_HATE,
    SENSITIVITY_PERSON,   // other acts against a person: assault, threat, stalking, homicide
    SENSITIVITY_HOME,     // burglary of dwellings: the place is an address
    SENSITIVITY_DRUGS,    // possession for oneself
    SENSITIVITY_ORDINARY, // against property, shops, offices, the state
    SENSITIVITY_STREET,   // ordinary, and its scene is a public place: may be told finer than by month
    SENSITIVITIES,
};

/// A set of classes: bit (1 << class).
typedef uint16_t              sensitivity_set;
static inline sensitivity_set sensitivity_bit(enum sensitivity s)
{
    return (sensitivity_set)(1u << s);
}

/// The class that decides for an incident with all of these. None: unclassified, for nobody has said what it is.
enum sensitivity sensitivity_strictest(sensitivity_set set);

/// "unclassified", "trafficking", ..., "street", as policies, profiles and the command line write them.
str  sensitivity_word(enum sensitivity s);
bool sensitivity_read(str word, enum sensitivity *out);
