# Chicago Data Portal, "Crimes - 2001 to Present" (ijzp-q8t2), and cuts of it that lack some of its columns.
[source]
key          = chicago
name         = Chicago Police Department, reported crime
licence      = City of Chicago data terms of use
licence-url  = https://www.chicago.gov/city/en/narr/foia/data_disclaimer.html
homepage     = https://data.cityofchicago.org/d/ijzp-q8t2
attribution  = City of Chicago, Chicago Data Portal. This site provides applications using data that has been modified for use from its original source, www.cityofchicago.org, the official website of the City of Chicago. The City of Chicago makes no claims as to the content, accuracy, timeliness, or completeness of any of the data provided at this site.
caveat       = Places are moved within their block; preliminary classifications may change; the cause of death in homicides is told apart.

[recognise]
columns = ID | Case Number | Date | Block | IUCR | Primary Type | Arrest | Domestic | District | Latitude | Longitude

[identity]
kind = stable
key  = {ID}

[when]
zone   = America/Chicago
from   = {Date}
format = %m/%d/%Y %I:%M:%S %p | %Y-%m-%dT%H:%M:%S

[where]
lon    = {Longitude}
lat    = {Latitude}
# Where only these are given: State Plane, Illinois East, US survey feet.
pair   = {Location : optional}
x      = {X Coordinate : optional}
y      = {Y Coordinate : optional}
crs    = 3435
point  = snapped
blank  = 0
extent = -87.95 41.6 -87.5 42.1
area   = districts:{District:unpad}
place  = {Block}
# Not told.
elsewhere = none

[what]
category  = {Primary Type}
# What the code or the words say beyond the kind: battery whose mark says no, and whose description says DOMESTIC BATTERY.
code      = {IUCR} by chicago-iucr
detail    = {Description}
outcome   = {Arrest}
arrest    = {Arrest} is true | Y not false | N
domestic  = {Domestic} is true | Y not false | N

# Looked at: sorts of places ("APARTMENT", "SCHOOL, PUBLIC, BUILDING"), and when a row was changed.
unread    = Location Description | Updated On

[outcomes]
true  = arrest-made    | cleared | Arrest made     | Zadržená osoba       | Є затримання
Y     = arrest-made    | cleared | Arrest made     | Zadržená osoba       | Є затримання
N     = no-arrest-made | open    | No arrest so far | Zatím nikdo nezadržen | Поки без затримання
false = no-arrest-made | open    | No arrest so far | Zatím nikdo nezadržen | Поки без затримання

[categories]
# Classes: robbery and intimidation are against a person wherever they happen; arson, like burglary, is of dwellings as well;
# obscenity and public indecency are sexual until the code says what was done.
ARSON                             = arson                            |  5 home        | Arson                            | Žhářství                            | Підпал
ASSAULT                           = assault                          |  2 person      | Assault                          | Napadení                            | Напад
BATTERY                           = battery                          |  2 person      | Battery                          | Ublížení na zdraví                  | Тілесні ушкодження
BURGLARY                          = burglary                         |  5 home        | Burglary                         | Krádež vloupáním                    | Крадіжка з проникненням
CONCEALED CARRY LICENSE VIOLATION = concealed-carry-violation        |  9 ordinary    | Concealed carry licence violation | Skryté nošení zbraně                | Порушення правил носіння зброї
CRIM SEXUAL ASSAULT               = criminal-sexual-assault          |  3 sexual      | Criminal sexual assault          | Sexuální napadení                   | Сексуальне насильство
CRIMINAL SEXUAL ASSAULT           = criminal-sexual-assault          |  3 sexual      | Criminal sexual assault          | Sexuální napadení                   | Сексуальне насильство
CRIMINAL DAMAGE                   = criminal-damage                  |  5 ordinary    | Criminal damage                  | Poškození věci                      | Пошкодження майна
CRIMINAL TRESPASS                 = criminal-trespass                |  5 ordinary    | Criminal trespass                | Neoprávněné vniknutí                | Незаконне проникнення
DECEPTIVE PRACTICE                = deceptive-practice               |  7 ordinary    | Deceptive practice               | Podvodné jednání                    | Шахрайство
DOMESTIC VIOLENCE                 = domestic-violence                |  2 domestic    | Domestic violence                | Domácí násilí                       | Домашнє насильство
GAMBLING                          = gambling                         |  8 ordinary    | Gambling                         | Hazardní hry                        | Азартні ігри
HOMICIDE                          = homicide                         |  1 person      | Homicide                         | Usmrcení                            | Убивство
HUMAN TRAFFICKING                 = human-trafficking                |  2 trafficking | Human trafficking                | Obchodování s lidmi                 | Торгівля людьми
INTERFERENCE WITH PUBLIC OFFICER  = interference-with-public-officer |  8 ordinary    | Interference with public officer | Bránění úřední osobě                | Перешкоджання посадовій особі
INTIMIDATION                      = intimidation                     |  2 person      | Intimidation                     | Zastrašování                        | Залякування
KIDNAPPING                        = kidnapping                       |  2 person      | Kidnapping                       | Únos                                | Викрадення людини
LIQUOR LAW VIOLATION              = liquor-law-violation             |  6 ordinary    | Liquor law violation             | Porušení alkoholového zákona        | Порушення правил обігу алкоголю
MOTOR VEHICLE THEFT               = motor-vehicle-theft              |  5 street      | Motor vehicle theft              | Krádež motorového vozidla           | Викрадення транспорту
NARCOTICS                         = narcotics                        |  6 drugs       | Narcotics                        | Omamné látky                        | Наркотичні речовини
NON-CRIMINAL                      = non-criminal                     | 12 ordinary    | Not criminal                     | Není trestné                        | Не є злочином
NON - CRIMINAL                    = non-criminal                     | 12 ordinary    | Not criminal                     | Není trestné                        | Не є злочином
NON-CRIMINAL (SUBJECT SPECIFIED)  = non-criminal                     | 12 ordinary    | Not criminal                     | Není trestné                        | Не є злочином
OBSCENITY                         = obscenity                        |  8 sexual      | Obscenity                        | Obscénnost                          | Непристойність
OFFENSE INVOLVING CHILDREN        = offense-involving-children       |  2 child       | Offence involving children       | Trestný čin proti dítěti            | Злочин проти дитини
OTHER NARCOTIC VIOLATION          = other-narcotic-violation         |  6 drugs       | Other narcotic violation         | Jiné porušení drogových předpisů    | Інші порушення щодо наркотиків
OTHER OFFENSE                     = other-offense                    | 11 ordinary    | Other offence                    | Jiný trestný čin                    | Інші правопорушення
PROSTITUTION                      = prostitution                     |  8 sexual      | Prostitution                     | Prostituce                          | Проституція
PUBLIC INDECENCY                  = public-indecency                 |  8 sexual      | Public indecency                 | Pohoršlivé chování                  | Непристойна поведінка
PUBLIC PEACE VIOLATION            = public-peace-violation           |  8 street      | Public peace violation           | Rušení veřejného klidu              | Порушення громадського спокою
RITUALISM                         = ritualism                        | 11 person      | Ritualism                        | Rituální čin                        | Ритуальні дії
ROBBERY                           = robbery                          |  4 person      | Robbery                          | Loupež                              | Грабіж і розбій
SEX OFFENSE                       = sex-offense                      |  3 sexual      | Sex offence                      | Sexuální trestný čin                | Сексуальний злочин
STALKING                          = stalking                         |  2 person      | Stalking                         | Nebezpečné pronásledování           | Переслідування
THEFT                             = theft                            |  5 ordinary    | Theft                            | Krádež                              | Крадіжка
WEAPONS VIOLATION                 = weapons-violation                |  9 ordinary    | Weapons violation                | Porušení zbraňových předpisů        | Порушення щодо зброї
