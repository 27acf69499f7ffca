# data.police.uk: one file a month and force, YYYY-MM/YYYY-MM-force-street.csv. Column list: data.police.uk/about.
[source]
key          = uk-police
name         = data.police.uk street-level crime
licence      = Open Government Licence v3.0
licence-url  = https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/
homepage     = https://data.police.uk/
attribution  = Contains public sector information licensed under the Open Government Licence v3.0.
caveat       = Places are moved to the nearest of a fixed list of points, each of which stands for at least eight addresses or for a public place; times are known to the month only.

[recognise]
columns = Crime ID | Month | Reported by | Falls within | Longitude | Latitude | Location | Crime type | Last outcome category

[identity]
# An id returns within a month (an incident told twice is two incidents), the Police Service of Northern Ireland begins
# anew every month, and anti-social behaviour has none: so a file replaces its month of its force.
kind  = slice
key   = {Crime ID}
slice = {Falls within}/{Month}

[when]
zone   = Europe/London
from   = {Month}
format = %Y-%m
finest = month

[where]
lon         = {Longitude}
lat         = {Latitude}
point       = snapped
extent      = -9 49 2.5 61.5
place       = {Location}
place-strip = On or near
place-blank = No Location
elsewhere   = none
area        = lsoa:{LSOA code}

[what]
category = {Crime type}
outcome  = {Last outcome category}
# The source does not tell it: the classes below are strict in return.
domestic = none
# Looked at: names of forces and of areas.
unread   = Reported by | Falls within | LSOA name

[categories]
# Classes, the stricter where a kind holds several: violence holds sexual offences and modern slavery; "other crime" holds
# obscene publications and exploitation of prostitution; burglary holds dwellings; robbery is against a person, for the
# source does not say where; damage and other theft happen in homes, too, so they are not told as street crime.
Anti-social behaviour        = anti-social-behaviour        | 12 street   | Anti-social behaviour        | Antisociální chování                 | Антигромадська поведінка
Bicycle theft                = bicycle-theft                |  5 street   | Bicycle theft                | Krádež jízdního kola                 | Крадіжка велосипеда
Burglary                     = burglary                     |  5 home     | Burglary                     | Krádež vloupáním                     | Крадіжка з проникненням
Criminal damage and arson    = criminal-damage-and-arson    |  5 ordinary | Criminal damage and arson    | Poškození věci a žhářství            | Пошкодження майна та підпал
Drugs                        = drugs                        |  6 drugs    | Drugs                        | Drogy                                | Наркотики
Other crime                  = other-crime                  | 11 sexual   | Other crime                  | Jiná trestná činnost                 | Інші злочини
Other theft                  = other-theft                  |  5 ordinary | Other theft                  | Jiná krádež                          | Інші крадіжки
Possession of weapons        = possession-of-weapons        |  9 ordinary | Possession of weapons        | Držení zbraní                        | Володіння зброєю
Public disorder and weapons  = public-disorder-and-weapons  |  8 street   | Public disorder and weapons  | Výtržnictví a zbraně                 | Порушення порядку та зброя
Public order                 = public-order                 |  8 street   | Public order                 | Veřejný pořádek                      | Громадський порядок
Robbery                      = robbery                      |  4 person   | Robbery                      | Loupež                               | Грабіж і розбій
Shoplifting                  = shoplifting                  |  5 ordinary | Shoplifting                  | Krádež v obchodě                     | Крадіжка з магазину
Theft from the person        = theft-from-the-person        |  5 street   | Theft from the person        | Kapesní krádež                       | Кишенькова крадіжка
Vehicle crime                = vehicle-crime                |  5 street   | Vehicle crime                | Krádeže vozidel a z vozidel          | Крадіжки транспорту та з нього
Violence and sexual offences = violence-and-sexual-offences |  2 sexual   | Violence and sexual offences | Násilné a sexuální trestné činy      | Насильницькі та сексуальні злочини
Violent crime                = violent-crime                |  2 sexual   | Violent crime                | Násilná trestná činnost              | Насильницькі злочини

[outcomes]
# Cleared: a suspect was identified and dealt with. Closed: it ended without that.
Awaiting court outcome                              = awaiting-court-result                        | cleared | Awaiting court outcome | Čeká na rozhodnutí soudu | Очікує рішення суду
Court result unavailable                            = court-result-unavailable                     | cleared | Court result unavailable | Výsledek soudu není znám | Рішення суду невідоме
Court case unable to proceed                        = unable-to-proceed                            | closed  | Court case unable to proceed | Soudní řízení nemohlo pokračovat | Судовий розгляд не міг тривати
Local resolution                                    = local-resolution                             | cleared | Local resolution | Vyřešeno na místě | Вирішено на місці
Investigation complete; no suspect identified       = no-further-action                            | closed  | Investigation complete; no suspect identified | Vyšetřování skončilo, pachatel nezjištěn | Розслідування завершено, підозрюваного не встановлено
Offender deprived of property                       = deprived-of-property                         | cleared | Offender deprived of property | Pachateli zabaven majetek | У правопорушника вилучено майно
Offender fined                                      = fined                                        | cleared | Offender fined | Pachateli uložena pokuta | Правопорушника оштрафовано
Offender given absolute discharge                   = absolute-discharge                           | cleared | Offender given absolute discharge | Upuštěno od potrestání | Звільнено від покарання
Offender given a caution                            = cautioned                                    | cleared | Offender given a caution | Pachateli udělena výstraha | Правопорушнику винесено попередження
Offender given a drugs possession warning           = drugs-possession-warning                     | cleared | Offender given a drugs possession warning | Výstraha za držení drog | Попередження за зберігання наркотиків
Offender given a penalty notice                     = penalty-notice-issued                        | cleared | Offender given a penalty notice | Bloková pokuta | Штраф на місці
Offender given penalty notice                       = penalty-notice-issued                        | cleared | Offender given a penalty notice | Bloková pokuta | Штраф на місці
Offender given community sentence                   = community-penalty                            | cleared | Offender given community sentence | Obecně prospěšné práce | Громадські роботи
Offender given conditional discharge                = conditional-discharge                        | cleared | Offender given conditional discharge | Podmíněné upuštění od potrestání | Умовне звільнення від покарання
Offender given suspended prison sentence            = suspended-sentence                           | cleared | Offender given suspended prison sentence | Podmíněný trest odnětí svobody | Умовне позбавлення волі
Offender sent to prison                             = imprisoned                                   | cleared | Offender sent to prison | Nepodmíněný trest odnětí svobody | Позбавлення волі
Offender otherwise dealt with                       = other-court-disposal                         | cleared | Offender otherwise dealt with | Jiné rozhodnutí soudu | Інше рішення суду
Offender ordered to pay compensation                = compensation                                 | cleared | Offender ordered to pay compensation | Uložena náhrada škody | Зобов’язано відшкодувати шкоду
Suspect charged as part of another case             = sentenced-in-another-case                    | cleared | Suspect charged as part of another case | Obviněn v jiné věci | Обвинувачено в іншій справі
Suspect charged                                     = charged                                      | cleared | Suspect charged | Podezřelý obviněn | Підозрюваному пред’явлено обвинувачення
Defendant found not guilty                          = not-guilty                                   | closed  | Defendant found not guilty | Obžalovaný zproštěn viny | Підсудного виправдано
Defendant sent to Crown Court                       = sent-to-crown-court                          | cleared | Defendant sent to Crown Court | Předáno korunnímu soudu | Передано до Суду Корони
Unable to prosecute suspect                         = unable-to-prosecute                          | closed  | Unable to prosecute suspect | Podezřelého nelze stíhat | Підозрюваного неможливо переслідувати
Formal action is not in the public interest         = formal-action-not-in-public-interest         | closed  | Formal action is not in the public interest | Stíhání není ve veřejném zájmu | Переслідування не в суспільних інтересах
Action to be taken by another organisation          = action-taken-by-another-organisation         | closed  | Action to be taken by another organisation | Předáno jiné organizaci | Передано іншій організації
Further investigation is not in the public interest = further-investigation-not-in-public-interest | closed  | Further investigation is not in the public interest | Další vyšetřování není ve veřejném zájmu | Подальше розслідування не в суспільних інтересах
Further action is not in the public interest        = further-action-not-in-public-interest        | closed  | Further action is not in the public interest | Další kroky nejsou ve veřejném zájmu | Подальші дії не в суспільних інтересах
Under investigation                                 = under-investigation                          | open    | Under investigation | Vyšetřuje se | Розслідується
Status update unavailable                           = status-update-unavailable                    | open    | Status update unavailable | Stav není znám | Стан невідомий
