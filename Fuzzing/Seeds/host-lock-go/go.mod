module a
require (
	b.c/d v1.0.0 // indirect
)
replace b.c/d v1.0.0 => e.f/g v1.1.0
