-- The source whose own spelling (code) a kind is; none when profiles name the kind. What a person confirms of a spelling holds for
-- that source and that spelling alone. Before, all that gave the same key were one kind: it stays with the first source that
-- has it, and other sources and spellings get kinds of their own with their next import, for a person to confirm.
ALTER TABLE category ADD COLUMN source INTEGER REFERENCES source;
UPDATE category SET source = (SELECT min(l.source) FROM incident i JOIN slice l ON l.id = i.slice
                              WHERE i.category = category.id OR EXISTS (SELECT 1 FROM incident_type t
                                    WHERE t.incident = i.id AND t.category = category.id))
WHERE confirmed_by NOT LIKE 'profile %'
    AND NOT EXISTS (SELECT 1 FROM category_label l
                    WHERE l.category = category.id AND (l.language <> 'en' OR l.label <> category.code));
