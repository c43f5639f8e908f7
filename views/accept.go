package views

import (
	"errors"
	"fmt"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/internal/condition"
	"github.com/mastaba-go/mastaba/views/internal/mediatype"
	"github.com/mastaba-go/mastaba/views/web"
)

// Content negotiation.
//
// Within a multiview, views with an Accept predicate are tried before those without: by the
// client's preference, and where the client has none, by the server's order. That order is a list
// of media types. A type that is not on the list gets the number of different offers as its
// position: with two offers, image/png and application/json, the unknown image/png gets 2 and comes
// before application/json, the sixth of the list. Offers of one type with parameters come before
// the one without, unless their own position on the list is beyond the number of offers. Pyramid
// does the same.

// defaultOffers is the server's order before AddAcceptOrder changes it.
var defaultOffers = []string{
	"text/html",
	"application/xhtml+xml",
	"application/xml",
	"text/xml",
	"text/plain",
	"application/json",
}

// Accept holds if the client accepts the media type that the view offers, such as "text/html" or
// "text/plain;charset=utf-8"; ranges ("text/*") are invalid. Among the views of one resource and
// name, the client's preference decides which one is tried first. A view has one Accept; to offer
// several types, register several views. If only the Accept header does not match, the response is
// a 406.
//
// For a route, Accept may name several types, of which the client has to accept one.
func Accept(mediaType string, more ...string) web.Predicate {
	var wrong error
	offers := make(mediaTypes, 1+len(more))
	for i, mediaType := range append([]string{mediaType}, more...) {
		offer, err := mediatype.Offer(mediaType)
		if err != nil {
			wrong = errors.Join(wrong, fmt.Errorf("accept %q: %w", mediaType, err))
		}
		offers[i] = offer
	}
	p := web.NewPredicate(kindAccept, condition.Texts(offers), func(r *web.Request) (bool, error) {
		web.Drive(r).SetNegotiated()
		accept := r.Accept()
		for _, offer := range offers {
			if accept.Quality(offer) > 0 {
				return true, nil
			}
		}
		return false, nil
	}).WithData(offers)
	if wrong != nil {
		return p.WithErr(wrong)
	}
	return p
}

// offersOne returns an error for an Accept with several types.
func offersOne(p web.Predicate) error {
	if offers, ok := p.Data().(mediaTypes); ok && p.Kind() == kindAccept && !p.Negated() && len(offers) > 1 {
		return fmt.Errorf("%s: a view offers one media type: register the view once for each type", p)
	}
	return nil
}

// mediaTypes is the Data of the predicates Accept and ContentType.
type mediaTypes = condition.MediaTypes

// acceptOf returns the media type that a view with these predicates offers, "" for none.
func acceptOf(ps []web.Predicate) string {
	for _, p := range ps {
		if offers, ok := p.Data().(mediaTypes); ok && p.Kind() == kindAccept && !p.Negated() {
			return offers[0]
		}
	}
	return ""
}

// ContentType holds if the body of the request has one of the media types, such as
// "application/json" or "image/*". Parameters of the header are ignored. Without a Content-Type
// header it does not hold. If only the content type does not match, the response is a 415.
func ContentType(types ...string) web.Predicate {
	var want []string
	var problem error
	for _, t := range types {
		normal, err := mediatype.Range(t)
		if err != nil && problem == nil {
			problem = fmt.Errorf("content type %q: %w", t, err)
		}
		want = append(want, normal)
	}
	want = condition.Set(want)
	p := web.NewPredicate(kindContentType, condition.Texts(want), func(r *web.Request) (bool, error) {
		return mediatype.In(want, web.Drive(r).ContentType()), nil
	})
	if problem != nil {
		return p.WithErr(problem)
	}
	p = p.WithData(mediaTypes(want))
	return condition.Required(p, types, "media type")
}

// AddAcceptOrder places a media type in the server's order of offers, which decides where the
// client has no preference. By default the order is text/html, application/xhtml+xml,
// application/xml, text/xml, text/plain, application/json. [Over] places the type before the named
// ones, [Under] after them; without a hint it comes last. A type with parameters can be placed
// only relative to the same type with other parameters.
func AddAcceptOrder(c registry.Recorder, mediaType string, hints ...Hint) {
	config := c.Directive()
	offer, err := mediatype.Offer(mediaType)
	if err != nil {
		config.Declare(registry.Declaration{Category: categoryOffers, ID: mediaType, Err: fmt.Errorf("accept order of %q: %w", mediaType, err)})
		return
	}
	under, over, err := sides(hints)
	if err != nil {
		err = fmt.Errorf("accept order of %q: %w", mediaType, err)
	}
	for _, list := range [][]string{under, over} {
		for i, other := range list {
			normal, wrong := mediatype.Rival(offer, other)
			if list[i] = normal; wrong != nil {
				err = errors.Join(err, fmt.Errorf("accept order of %q and %q: %w", mediaType, other, wrong))
			}
		}
	}
	config.Report(err)
	config.Declare(registry.Declaration{
		Category: categoryOffers, ID: offer,
		Fields: []registry.Field{{Name: "under", Value: under}, {Name: "over", Value: over}},
		Remedy: "declare it once",
		Phase:  registry.Phase1,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			TableOf(reg).offers.Add(offer, under, over, config.Source())
			return nil
		},
	})
}
