package views

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/internal/condition"
	"github.com/mastaba-go/mastaba/views/internal/form"
	"github.com/mastaba-go/mastaba/views/web"
)

// Prediction is what a [Table] would do with a request or an error: call View, unless Response or
// Err is set. Then View is the view that matched, nil if none did.
type Prediction struct {
	// Candidates are the views that might match, in the order in which they are tried. The first
	// one that did not fail is View.
	Candidates []Candidate
	// View is the view that matches, nil if none did.
	View   *Info
	Status int // of the response of View, 0 if nothing is known of it
	// Decision is that of the security policy, if View requires a permission.
	Decision *web.Decision
	// Response is a response that is known without calling a view: to OPTIONS, the default response
	// of an HTTP error, the redirect of [AppendSlash].
	Response *web.Response
	// Err is the error that would be returned without calling a view.
	Err error
	// Notes are what is easy to overlook about the choice of View.
	Notes []string
}

// Predict predicts what Call would do with a request. It checks the predicates, the security
// policy, the CSRF policy and the input of a view made by [OnInput], whose method Validate it
// calls. It calls neither the view nor its other derivers: it does not predict their errors, nor an
// ErrMismatch. The body can be read again afterwards. It does not check the input if the body is
// gone: nil or http.NoBody, although ContentLength is not 0.
func (t *Table) Predict(r *web.Request) Prediction {
	o := Prediction{Candidates: t.candidates(r)}
	first, second := t.slotsOf(r)
	res := r.Resource()
	for _, s := range [...]*slot{first, second} {
		if s == nil || !o.try(r, s.chainFor(t.types, condition.MethodOf(r.Method), res), res) {
			continue
		}
		if of := reflect.TypeOf(res); o.View != nil && o.View.Resource != of {
			o.Notes = append(o.Notes, s.suggestions(t.types, of)...)
		}
		return o
	}
	o.Response, o.Err = t.mismatch(r, first, second)
	return o
}

// PredictError predicts what CallError would do with err. The Err of the prediction is err itself
// if nothing handles it, otherwise an error of its error view.
func (t *Table) PredictError(r *web.Request, err error) (o Prediction) {
	before := r.Err()
	web.Drive(r).SetError(err)
	defer web.Drive(r).SetError(before)
	specific, general := t.searchFor(r, err)
	if o.tryAll(r, specific) {
		return o
	}
	if resp, plain := web.Drive(r).ErrorResponse(err); plain {
		o.Response = resp
		return o
	}
	if !o.tryAll(r, general) {
		o.Err = err
	}
	return o
}

func (o *Prediction) tryAll(r *web.Request, parts []errorSearch) bool {
	for _, part := range parts {
		o.Candidates = append(o.Candidates, reported(part.chain.examine(r, false), r)...)
		if o.try(r, &part.chain, part.err) {
			return true
		}
	}
	return false
}

// try looks for the view of a chain that would be called with res, and what would keep it from
// being called. It returns false if no view matches.
func (o *Prediction) try(r *web.Request, c *chain, res traversal.Resource) bool {
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
	if o.Err = o.admit(r); o.Err != nil {
		return true
	}
	if o.Response = slashed(r, view.info); o.Response == nil {
		o.Err = checkInput(r, view.info)
	}
	if view.info.foresee != nil && o.Response == nil && o.Err == nil {
		view.info.foresee(r, o)
	}
	return true
}

// checkInput returns the error that a view with an input returns before its function runs.
func checkInput(r *web.Request, info *Info) error {
	fields := info.View.input
	if fields == nil || form.BodyRead(r) { // nothing can be said about the input
		return nil
	}
	if limit, ok, err := ValueOf[int64](info, kindBodyLimit); ok && err == nil {
		web.Drive(r).LimitBody(limit)
	}
	err := read(r, fields.New(), fields, true)
	if errors.Is(err, ErrMismatch) {
		return nil
	}
	return err
}

// admit consults the security policy and the CSRF policy.
func (o *Prediction) admit(r *web.Request) error {
	ds := deriversOf(o.View.Registry)
	if o.View.Permission != "" && ds.builtin(SecuredView) {
		decision, err := r.Permits(o.View.Permission)
		if err != nil {
			return err
		}
		o.Decision = &decision
		if !decision.Allowed {
			return Refuse(r, &DeniedError{View: o.View.String(), Permission: o.View.Permission, Decision: decision})
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

// builtin reports whether a built-in deriver was not replaced.
func (ds *derivers) builtin(name string) bool {
	d := ds.byName[name]
	return d != nil && d.source.IsZero()
}
