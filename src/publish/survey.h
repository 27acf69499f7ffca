// SPDX-License-Identifier: EUPL-1.2
// What the first reading of the store finds out for each tier, and what the policy says of an incident: whether, when and by which list of
// places it is told. Within publish/ alone: publish.c reads the store into it, turning.c decides of what turned sensitive,
// dictionary.c numbers what occurs.
// Threads: one writes; behind publication_end any number read.
#pragma once
#include "model/release.h"
#include "publish/anchor.h"
#include "publish/by_area.h"
#include "publish/facts.h"
#include "publish/leave.h"
#include "publish/policy.h"
#include "publish/spot.h"
#include "publish/text_set.h"
#include "publish/twins.h"

enum { CENSUS_LEVEL = 10 /* cells of 39 km at the equator */ };

/// Classes that no tier is told of, by code.
#define TOLD_NEVER (sensitivity_bit(SENSITIVITY_UNCLASSIFIED) | sensitivity_bit(SENSITIVITY_TRAFFICKING))

/// What stands behind a store id.
struct entry {
    uint32_t        at;      // in the store's list
    uint16_t        number;  // in the release's
    int32_t         source;  // of a category: the id of the first source that uses it
    sensitivity_set classes; // of a category: its class
    enum showing    show;    // of a category
    int64_t         since_s; // of a category that nobody is told of: when somebody said so, UTC; 0: never
    bool            known, used;
    bool            other; // of an outcome: its words are not for this tier, which is told "other"
};

/// What the first reading finds out for one tier.
struct survey {
    const struct tier_policy *policy;  // NULL: the tier is not given
    struct anchors           *anchors; // of a list
    struct named_point       *list;    // [n_list]
    size_t                    n_list;
    struct entry             *category, *outcome, *source; // [n of the publication]
    uint8_t        *show_of, *finest_of; // [1 << SENSITIVITIES] what the policy says of a set of classes
    bool           *mix_used;            // [KINDS_MAX_SETS + 1] by the number of facts_kinds
    uint16_t       *mix;                 // likewise: the release's number of the kind
    int32_t         last_day;            // of what is told
    struct text_set texts;
    uint32_t       *number; // [n_texts] of places' texts: the store's to the release's. NULL: none is told
    uint32_t       *census; // [4^CENSUS_LEVEL]
    struct release_info info;
};

struct publication {
    struct scope          *sc;
    struct store          *st;
    struct atlas           atlas;
    struct facts          *facts;
    const struct source   *sources;
    const struct category *categories;
    const struct outcome  *outcomes;
    size_t                 n_category, n_outcome, n_source; // highest ids + 1
    size_t                 n_texts;
    struct survey          tier[TIERS];
    struct by_area        *by_area;
    struct leave          *leave; // of the public tier; NULL: it is not given
    struct spots           spots; // likewise, when anything turned
    struct twins           twins; // what may not be shown to the public
    const struct policy   *policy;
    struct point          *addresses; // [n_addresses] where people live, if regions are measured by them
    size_t                 n_addresses;
    enum tier              widest; // tier that is given, which decides what is told by area
    bool counts_no_more; // without a public tier, and something was public: what of it is not known here
    struct leave_order order;
    struct fault       fault; // why reading ended early
};

enum verdict { TOLD, WITHHELD, BY_AREA, DELAYED };

struct standing {
    sensitivity_set classes; // all, also those of its categories
    enum precision  finest;  // that of the coarsest class
};

/// NULL: the store knows nothing of this id.
static inline const struct entry *survey_entry(const struct entry *e, size_t n, int32_t id)
{
    return id > 0 && (size_t)id < n && e[id].known ? &e[id] : NULL;
}
/// All categories of an incident, ids of the store.
static inline struct kind_set survey_kinds(const struct publication *p, const struct fact *i)
{
    return i->kinds ? kinds_get(facts_kinds(p->facts), i->kinds) : (struct kind_set){ &i->category, 1 };
}
/// As the strictest of its categories and classes. What is not known is withheld.
enum verdict    survey_judge(const struct publication *p, const struct survey *s, const struct fact *i,
                             struct standing *out);
/// The classes that its kinds and its mark have, whatever else its record says.
sensitivity_set survey_own_classes(const struct publication *p, const struct fact *i);
/// When it was, as coarse as it is told: day, minute, how and precision of the row.
void            survey_tell_time(enum precision finest, const struct fact *i, struct release_row *row);
/// The point of a list at which it is told. False: at none. A point stands for its addresses in the areas it lies in: who is in another
/// area of any set is told of the town alone, or there might be nobody else of that area at that point.
bool            survey_on_list(const struct publication *p, const struct anchors *list, const struct fact *i,
                               struct anchor *out);
/// The store's number of the source's own text, where the policy tells it; 0: none.
uint32_t        survey_place(const struct survey *s, const struct fact *i);

/// The tier will tell this fact. ERR_CORRUPT: it names what the store has not.
enum err survey_note(struct publication *p, struct survey *v, const struct fact *i);
/// As before the first note.
enum err survey_forget(struct scope *sc, const struct publication *p, struct survey *v);
/// Of the cell of 39 km with most of what was noted, the poleward edge, where a cell is narrowest on the ground.
uint32_t survey_row(const struct publication *p, const uint32_t *census);
