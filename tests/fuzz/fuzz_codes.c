// SPDX-License-Identifier: EUPL-1.2
// Any bytes as a list of codes; those before the first NUL are looked up in it, and in the lists of the program. What a list
// that is accepted says must have sections and classes that there are.
#include "fuzz.h"

#include "import/words.h"
#include "model/category.h"

static void check_told(struct scope *sc, const struct code_list *l, str text)
{
    struct codes_told code;
    struct words_told words;
    if (l->form == FORM_WORDS) {
        must(words_tell(sc, l, text, &words) == OK);
        must(!(words.classes >> SENSITIVITIES) && !words.classes == !words.strictest);
        return;
    }
    must(codes_tell(sc, l, text, &code) == OK);
    must(!(code.classes >> SENSITIVITIES) && code.any == (code.strictest != NULL));
    must(code.any || code.unknown || !str_trim(text).n); // never nothing: unknown fails closed
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char *const known[] = { "words", "chicago-iucr", "cz-criminal-code", "ua-criminal-code" };
    static struct scope      packed;
    static const struct code_list *list[COUNT(known)];
    if (!packed.mem) {
        packed.mem = arena_open((size_t)64 << 20);
        for (size_t i = 0; i < COUNT(known); i++) must(codes_find(&packed, str_of(known[i]), &list[i]) == OK);
    }
    struct scope     sc = { .mem = arena_open((size_t)64 << 20) };
    str              bytes = { (const char *)data, n }, text;
    struct code_list own;
    must(sc.mem);
    if (str_cut(&bytes, 0, &text) && text.n < 4096) {
        bool utf8 = str_is_utf8(text, NULL); // as all that the reader gives
        for (size_t i = 0; i < COUNT(known) && utf8; i++) check_told(&sc, list[i], text);
        enum err e = codes_parse(&sc, "fuzz", bytes, &own);
        if (e) must(sc.fault.code == e && sc.fault.text[0]);
        else if (utf8) check_told(&sc, &own, text);
        for (size_t i = 0; !e && i < own.n_entries; i++)
            must(own.entry[i].classes && own.entry[i].iccs >= 0 && own.entry[i].iccs < ICCS_SECTIONS);
        for (size_t i = 0; !e && i < own.n_phrases; i++)
            must(own.phrase[i].n && own.phrase[i].n <= PHRASE_WORDS);
    }
    arena_close(sc.mem);
    return 0;
}
