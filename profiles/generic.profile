# A plain form to bring one's own records into: a CSV file with these columns, or GeoJSON points with these properties.
# Files of another form are read with a mapping file, which is a profile of one's own: see hromada-profile(5).
[source]
key         = generic
name        = Incident records

[recognise]
columns = id | date | category

[identity]
kind = stable
key  = {id}

[when]
# No zone: the town's own.
from   = {date}
to     = {date_to}
format = %Y-%m-%d %H:%M:%S | %Y-%m-%d %H:%M | %Y-%m-%dT%H:%M:%S%z | %Y-%m-%dT%H:%M%z | %Y-%m-%dT%H:%M:%S | %Y-%m-%dT%H:%M | %Y-%m-%d | %Y-%m

[where]
lon   = {longitude | lon | @lon}
lat   = {latitude | lat | @lat}
blank = NA | NULL
area  = {area}
place = {place}

[what]
category  = {category}
outcome   = {outcome}
arrest    = {arrest} is true | yes | 1
domestic  = {domestic} is true | yes | 1
attempted = {attempted} is true | yes | 1

[outcomes]
open    = open    | open    | Open    | Otevřený případ | Триває
cleared = cleared | cleared | Cleared | Objasněno       | Розкрито
closed  = closed  | closed  | Closed  | Uzavřeno bez objasnění | Закрито
