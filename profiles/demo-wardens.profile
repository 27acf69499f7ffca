# The demo town's wardens: invented, in the shape of the British feed.
[source]
like         = uk-police
key          = demo-wardens
name         = Invented wardens of the demo town (not real)
licence      = CC0 1.0
licence-url  = https://creativecommons.org/publicdomain/zero/1.0/
homepage     =
attribution  = Made up by a program: no such town, no such acts.
caveat       = Invented data. Nothing here ever happened. Times are known to the month only.

[when]
zone = Europe/Kyiv

[where]
extent = 22.2 48.1 22.7 48.6
