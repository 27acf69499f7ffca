# City of Charlottesville, Crime Data, as downloaded on 21 July 2018. That day's download wrote the wall time and "+00"
# behind it. No coordinates: the table of addresses is somebody's own work and lies beside the file.
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
format = %Y/%m/%d %H:%M:%S+00

[where]
point  = snapped
extent = -78.6 37.9 -78.4 38.2
place  = {BlockNumber} {StreetName}

[what]
category = {Offense}
