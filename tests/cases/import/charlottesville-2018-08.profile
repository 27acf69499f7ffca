# City of Charlottesville, Crime Data, as downloaded on 28 August 2018: the same table, but now "+00" means what it says.
[source]
key         = charlottesville
name        = Charlottesville Police Department, crime reports
licence     = City of Charlottesville open data
homepage    = https://opendata.charlottesville.org/
caveat      = Places are the block of the address. The date is that of the report.

[identity]
# RecordID is numbered anew in each download.
kind = stable
key  = {IncidentID}

[when]
zone   = America/New_York
from   = {DateReported}
format = %Y/%m/%d %H:%M:%S%z

[where]
point  = snapped
extent = -78.6 37.9 -78.4 38.2
place  = {BlockNumber} {StreetName}

[what]
category = {Offense}
