// SPDX-License-Identifier: EUPL-1.2
// What happened: the source's own code, its label in each language, and the section of the International
// Classification of Crime for Statistical Purposes (UNODC, ICCS 1.0, 2015) it belongs to.
#pragma once
#include "base/lang.h"
#include "model/sensitivity.h"

/// Level-1 sections of the ICCS; 0 is "not classified", 12 stands for what is not a crime there (anti-social
/// behaviour, lost property, accidents).
enum { ICCS_UNKNOWN = 0, ICCS_SECTIONS = 13, ICCS_NOT_CRIME = 12 };

struct category {
    int32_t          id;   // store id
    str              key;  // canonical: lower case ASCII, digits and '-'; unique in the installation
    str              code; // as the source writes it
    str              label[LANGUAGES]; // English always; others may be empty
    int              iccs;             // 0..12
    enum sensitivity sensitivity;
    str              confirmed_by; // who says so: "profile KEY" or "person NAME"; empty: nobody
    int64_t          confirmed_s;  // UTC
    int32_t          source;       // store id of the source whose own spelling it is; 0: a profile names it
};

/// State of an investigation or a court, in three classes that every source can be told in.
/// Key of the outcome that the public is told of words that no profile names: what it says of an end is not known.
#define OUTCOME_OTHER S("other")
enum outcome_class { OUTCOME_OPEN, OUTCOME_CLEARED, OUTCOME_CLOSED /* ended without a suspect found */ };
struct outcome {
    int32_t            id;
    str                key, code, label[LANGUAGES];
    enum outcome_class is;
    bool named; // by a profile; else these are the source's own words, and the public is told "other"
};

/// Key out of a source's code: "Violence and sexual offences" -> "violence-and-sexual-offences". Letters outside
/// ASCII are transliterated (Czech, Ukrainian) or dropped; Unicode's normalization forms of a text have one key, of at most twice the
/// text's bytes. Written to `to`, NUL-terminated, at most size bytes.
size_t category_key(str code, char *to, size_t size);
/// Does its key hold all its letters? Those of other alphabets are dropped, and two kinds would have one key.
bool   category_key_is_whole(str code);
/// Are they one spelling, but for case, white space and normalization form? Signs and digits tell apart: "<15" is not ">15".
bool   category_same_spelling(str a, str b);
str    iccs_label(int section, enum language l); // short official title of the section
