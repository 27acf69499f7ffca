# The demo town's police: invented, in the shape of the Czech feed.
[source]
like         = cz-police
key          = demo-police
name         = Invented police of the demo town (not real)
licence      = CC0 1.0
licence-url  = https://creativecommons.org/publicdomain/zero/1.0/
homepage     =
attribution  = Made up by a program: no such town, no such acts.
caveat       = Invented data. Nothing here ever happened.

[when]
zone = Europe/Kyiv

[where]
extent = 22.2 48.1 22.7 48.6

[outcomes]
0 = under-investigation | open | Under investigation | Vyšetřuje se | Розслідується
2 = no-offender-found   | closed | Closed, no offender found | Odloženo, pachatel nezjištěn | Закрито, правопорушника не встановлено

[categories]
# Nothing sexual was made up.
1 = violent-crime | 2 person | Violent crime | Násilná trestná činnost | Насильницькі злочини
