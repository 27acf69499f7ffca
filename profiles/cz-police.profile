# Police of the Czech Republic, map of crime: monthly and municipal downloads as CSV (a row per type) and as GeoJSON (a
# list of types). Lists of codes as of api/v2/lists, 2026: the twelve roots of the tree of types. Types below them come
# as categories of their own, are reported, and can be named in a mapping file that is "like = cz-police".
[source]
key          = cz-police
name         = Policie České republiky, mapa kriminality
licence      = Police of the Czech Republic: free re-use for non-commercial purposes, source to be named
licence-url  = https://kriminalita.policie.gov.cz/
homepage     = https://kriminalita.policie.gov.cz/
attribution  = Policie České republiky
caveat       = Registered acts, as they were first classified. What counts as solved is told differently by the source's own lists.

[recognise]
columns = id | mp | date | state | relevance | types

[identity]
kind = types
key  = {id}

[when]
zone   = Europe/Prague
from   = {date}
format = %Y-%m-%d %H:%M:%S | %Y-%m-%dT%H:%M:%S%z | %Y-%m-%dT%H:%M:%S | %Y/%m/%d %H:%M:%S%z | %Y-%m-%d %H:%M | %Y-%m-%d

[where]
lon       = {x | @lon}
lat       = {y | @lat}
extent    = 12.0 48.5 18.9 51.1
# 1 to 4 is where it happened; else it is where it was noticed or reported.
elsewhere = {relevance} is not 1 | 2 | 3 | 4

[what]
category        = {types}
category-prefix = cz-
outcome         = {state}
domestic        = none

[categories]
# Classes, the stricter in doubt: the tree of types has no root for sexual crime, which violent crime may hold; misdemeanours
# hold those against civil coexistence, generally dangerous acts and crime with weapons those against persons.
 1 = violent-crime         |  2 sexual   | Violent crime               | Násilná trestná činnost              | Насильницькі злочини
13 = fire                  | 12 ordinary | Fires and explosions        | Požáry, výbuchy, živelní pohromy     | Пожежі, вибухи, стихійні лиха
18 = burglary              |  5 home     | Burglary                    | Krádež vloupáním                     | Крадіжка з проникненням
35 = theft                 |  5 ordinary | Theft                       | Krádež                               | Крадіжка
54 = fraud                 |  7 ordinary | Fraud                       | Podvody                              | Шахрайство
55 = other-property-crime  |  5 ordinary | Other property crime        | Ostatní majetková trestná činnost    | Інші майнові злочини
63 = public-danger         |  9 person   | Generally dangerous acts    | Obecně nebezpečná trestná činnost    | Загальнонебезпечні злочини
79 = traffic-accident      | 12 street   | Traffic accidents           | Dopravní nehody                      | Дорожні пригоди
80 = drugs                 |  6 drugs    | Drugs                       | Drogy                                | Наркотики
84 = weapons               |  9 person   | Crime with weapons          | Trestná činnost se zbraní            | Злочини зі зброєю
96 = extremism             |  8 hate     | Extremism                   | Extremismus                          | Екстремізм
97 = misdemeanour          |  8 person   | Misdemeanours               | Přestupky                            | Адміністративні правопорушення

[outcomes]
1 = offender-found   | cleared | Offender found                                     | Pachatel zjištěn                              | Правопорушника встановлено
# The list calls it "solved later", the source's own map shows it as unsolved: it is not counted as solved.
2 = state-2-disputed | open    | Not solved, or solved later: the source says both  | Neobjasněno, nebo objasněno dodatečně: zdroj uvádí obojí | Не розкрито або розкрито згодом: джерело каже обидва
3 = did-not-happen   | closed  | It did not happen                                  | Skutek se nestal                              | Події не було
4 = not-a-crime      | closed  | It was not a crime                                 | Nejde o trestný čin                           | Не є злочином
