package views

import (
	"fmt"
	"reflect"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// What would be answered, without calling a view: the same search as that of Call
// and CallError, up to the point where the view itself would run.

// Prediction is what a [Table] would do. At most one of View, Response and Err says
// how it would end; View beside a Response is the view that would make it, beside
// an Err the one that would be called but for that error.
type Prediction struct {
	// Candidates are the views that may answer, in the order in which they are
	// asked: the first without Failed is View.
	Candidates []Candidate
	// View is what would be called.
	View *Info
	// Decision is that of the security policy, if View asks for a permission.
	Decision *web.Decision
	// Response is what would be answered without any view: to OPTIONS, an error's
	// plain answer, the redirect of [AppendSlash].
	Response *web.Response
	// Err is why nothing would be called.
	Err error
}

// Predict tells what Call would do with a request. It asks the predicates, the
// security policy and the CSRF policy, and calls no view, no mapper and no other
// deriver: what those refuse, or a view by ErrMismatch, is not predicted.
func (t *Table) Predict(r *web.Request) Prediction {
	o := Prediction{Candidates: t.candidates(r)}
	first, second := t.slots(r, r.ViewName())
	res := r.Resource()
	for _, s := range [...]*slot{first, second} {
		if s != nil && o.ask(r, s.chain(t.types, reflect.TypeOf(res)), res) {
			return o
		}
	}
	o.Response, o.Err = t.mismatch(r, first, second)
	return o
}

// PredictError tells what CallError would do with an error. The Err of an error
// that nothing answers is that error; otherwise it is that of the view for it.
func (t *Table) PredictError(r *web.Request, err error) (o Prediction) {
	before := r.Err()
	web.Drive(r).SetError(err)
	defer web.Drive(r).SetError(before)
	specific, general := t.answering(r, err)
	if o.askAll(r, specific) {
		return o
	}
	if resp, plain := web.Drive(r).ErrorResponse(err); plain {
		o.Response = resp
		return o
	}
	if !o.askAll(r, general) {
		o.Err = err
	}
	return o
}

func (o *Prediction) askAll(r *web.Request, parts []answering) bool {
	for _, part := range parts {
		o.Candidates = append(o.Candidates, reported(part.chain.examine(r), r)...)
		if o.ask(r, &part.chain, part.err) {
			return true
		}
	}
	return false
}

// ask looks for the view of a chain that would be called with res, and for what
// keeps it from that; false if none fits.
func (o *Prediction) ask(r *web.Request, c *chain, res traversal.Resource) bool {
	view, convert, err := c.find(r)
	if view == nil || err != nil {
		o.Err = err
		return err != nil
	}
	o.View = view.info
	if convert != nil {
		if _, err := convert(res); err != nil {
			o.Err = fmt.Errorf("%s: %w", view.info, err)
			return true
		}
	}
	if o.Err = o.admit(r); o.Err == nil {
		o.Response = slashed(r, view.info)
	}
	return true
}

// admit asks what stands before the view.
func (o *Prediction) admit(r *web.Request) error {
	ds := deriversOf(o.View.Registry)
	if o.View.Permission != "" && ds.builtin(SecuredView) {
		decision, err := r.Permits(o.View.Permission)
		if err != nil {
			return err
		}
		o.Decision = &decision
		if !decision.Allowed {
			return denied(o.View, decision)
		}
	}
	check, err := csrfChecked(o.View)
	if err != nil || !check || !ds.builtin(CSRFView) {
		return err
	}
	if policy, ok := registry.Lookup[web.CSRFPolicy](o.View.Registry); ok {
		return policy.Check(r)
	}
	return nil
}

// builtin reports whether nobody replaced a built-in deriver.
func (ds *derivers) builtin(name string) bool {
	d := ds.byName[name]
	return d != nil && d.source.IsZero()
}
