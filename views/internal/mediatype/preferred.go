package mediatype

import (
	"slices"

	"github.com/mastaba-go/mastaba/views/web"
)

// Preferred returns the offers whose media type the client accepts, by its preference; those that
// it likes equally stay in order.
func Preferred[O any](r *web.Request, offers []O, mediaType func(*O) string) []*O {
	picked := make([]*O, 0, len(offers))
	if len(r.Header["Accept"]) == 0 {
		for i := range offers {
			picked = append(picked, &offers[i])
		}
		return picked
	}
	accept := r.Accept()
	var room [8]float64
	qualities := room[:0]
	for i := range offers {
		q := accept.Quality(mediaType(&offers[i]))
		if q <= 0 {
			continue
		}
		at := len(picked)
		for at > 0 && qualities[at-1] < q {
			at--
		}
		picked = slices.Insert(picked, at, &offers[i])
		qualities = slices.Insert(qualities, at, q)
	}
	return picked
}
