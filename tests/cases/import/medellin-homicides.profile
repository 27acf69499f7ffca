# Alcaldía de Medellín, homicidios (MEDATA, CC BY-SA 4.0), as shortened by the crimemappingdata package: semicolons,
# decimal commas, no id, times in UTC.
[source]
key         = medellin-homicides
name        = Alcaldía de Medellín, homicides
licence     = CC BY-SA 4.0
licence-url = https://creativecommons.org/licenses/by-sa/4.0/

[format]
separator = ;
decimal   = ,

[identity]
kind  = none
slice = all

[when]
zone   = America/Bogota
from   = {fecha_hecho}
format = %Y-%m-%dT%H:%M:%S%z

[where]
lon    = {longitud}
lat    = {latitud}
blank  = NA
extent = -75.8 6.0 -75.4 6.5

[what]
category        = {modalidad}
category-prefix = homicide-

[categories]
Arma de fuego                = homicide-firearm       | 1 | Homicide by firearm      | Usmrcení střelnou zbraní | Убивство з вогнепальної зброї
Cortopunzante                = homicide-blade         | 1 | Homicide by blade        | Usmrcení bodnou zbraní   | Убивство холодною зброєю
Contundente                  = homicide-blunt         | 1 | Homicide by blunt object | Usmrcení tupým předmětem | Убивство тупим предметом
Asfixia mecánica             = homicide-asphyxia      | 1 | Homicide by asphyxia     | Usmrcení udušením        | Убивство через задушення
Ahorcamiento o estrangulamiento = homicide-strangling | 1 | Homicide by strangling   | Usmrcení uškrcením       | Убивство через удушення
