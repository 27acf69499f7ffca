# Police of the Czech Republic, motorcycle thefts 2020 to 2022, as GDAL wrote them from a GeoPackage: one kind of act, so
# the category is a word of the profile's own. Times are UTC, as GDAL writes them: in summer the day's rhythm comes an
# hour earlier in this column than in winter.
[source]
key         = cz-motorcycles
name        = Policie České republiky, motorcycle thefts
licence     = Police of the Czech Republic: free re-use for non-commercial purposes, source to be named
homepage    = https://kriminalita.policie.gov.cz/
attribution = Policie České republiky

[identity]
kind = stable
key  = {id}

[when]
zone   = Europe/Prague
from   = {date}
format = %Y/%m/%d %H:%M:%S%z

[where]
lon    = {X}
lat    = {Y}
extent = 12.0 48.5 18.9 51.1

[what]
category = motorcycle theft

[categories]
motorcycle theft = motorcycle-theft | 5 street | Motorcycle theft | Krádež motocyklu | Крадіжка мотоцикла
