# A plain form to bring one's own records into: a CSV file with these columns, or GeoJSON points with these properties.
# A file may lack each of the columns but id, date and category. What a file does not say, is not "no": where it has the
# column domestic, a blank there counts as domestic, and import tells how many those are.
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
to     = {date_to : optional}
format = %Y-%m-%d %H:%M:%S | %Y-%m-%d %H:%M | %Y-%m-%dT%H:%M:%S%z | %Y-%m-%dT%H:%M%z | %Y-%m-%dT%H:%M:%S | %Y-%m-%dT%H:%M | %Y-%m-%d | %Y-%m

[where]
lon   = {longitude | lon | @lon : optional}
lat   = {latitude | lat | @lat : optional}
blank = NA | NULL
area  = {area : optional}
place = {place : optional}
# A file of this form has no column for it.
elsewhere = none

[what]
category  = {category}
# Free text, where a file has it: its words tell what the kind does not.
detail    = {description : optional} {details : optional} {note | notes : optional} {narrative : optional}
outcome   = {outcome : optional}
arrest    = {arrest : optional} is true | yes | 1 not false | no | 0 | blank
domestic  = {domestic : optional} is true | yes | 1 not false | no | 0
attempted = {attempted : optional} is true | yes | 1 not false | no | 0 | blank

[outcomes]
open    = open    | open    | Open    | Otevřený případ | Триває
cleared = cleared | cleared | Cleared | Objasněno       | Розкрито
closed  = closed  | closed  | Closed  | Uzavřeno bez objasnění | Закрито
