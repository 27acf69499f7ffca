# Polizei Berlin, Fahrraddiebstahl in Berlin (open data, CC BY-SA 3.0 DE): no id and no coordinates, but a code of the
# planning area (LOR), and both ends of the time in which the bicycle was stolen.
[source]
key         = berlin-bikes
name        = Polizei Berlin, bicycle thefts
licence     = CC BY-SA 3.0 DE
licence-url = https://creativecommons.org/licenses/by-sa/3.0/de/
attribution = Polizei Berlin

[format]
encoding = iso-8859-1

[identity]
# The file holds the present year and the one before, and replaces what was known of the same days of recording.
kind  = none
slice = {ANGELEGT_AM}

[when]
zone   = Europe/Berlin
from   = {TATZEIT_ANFANG_DATUM} {TATZEIT_ANFANG_STUNDE}
to     = {TATZEIT_ENDE_DATUM} {TATZEIT_ENDE_STUNDE}
format = %d.%m.%Y %H

[where]
area = lor:{LOR}

[what]
# Looked at: sorts of bicycles, among them those for children.
unread   = ART_DES_FAHRRADS
category  = {DELIKT}
attempted = {VERSUCH} is Ja

[categories]
Fahrraddiebstahl         = bicycle-theft       | 5 | Bicycle theft                   | Krádež jízdního kola      | Крадіжка велосипеда
Keller- und Bodeneinbruch = cellar-break-in    | 5 | Break-in into cellar or attic   | Vloupání do sklepa a půdy | Проникнення в підвал або на горище
