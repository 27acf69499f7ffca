# City of Sacramento, crime of January 2006: no header, bare carriage returns, years of two digits, padded fields.
[source]
key     = sacramento
name    = City of Sacramento, crime reports
licence = City of Sacramento open data

[format]
header  = no
columns = time | address | district | beat | grid | description | ncic | latitude | longitude

[identity]
kind  = none
slice = 2006-01

[when]
zone   = America/Los_Angeles
from   = {time}
format = %m/%d/%y %H:%M

[where]
lon    = {longitude}
lat    = {latitude}
extent = -121.7 38.3 -121.2 38.8
area   = beats:{beat}
place  = {address}

[what]
category = {description}
