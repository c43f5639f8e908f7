package framework

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/framework/explain"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// outcome describes the view that would handle the request, or the response to err, which ended
// the search before the views.
func (x *explainer) outcome(err error) {
	x.out.Views, x.out.Errors = []explain.View{}, []explain.View{}
	end := &x.out.Outcome
	end.At = x.at
	if err == nil {
		p := predict(func() views.Prediction { return x.app.router.table.Predict(x.request) })
		x.out.Views = x.views(p)
		switch {
		case p.Err != nil:
			err = p.Err
		case p.Response != nil:
			x.response(explain.ByFramework, p.Response)
			return
		default:
			*end = explain.Outcome{Status: cmp.Or(p.Status, http.StatusOK), By: explain.ByView, View: p.View.String(), At: x.at}
			return
		}
	}
	end.Cause = x.cause(err)
	switch {
	case errors.Is(err, http.ErrAbortHandler):
		end.By, end.Certain = explain.ByApp, true
		return
	case !slices.ContainsFunc(x.out.Tweens, func(t explain.Tween) bool { return t.Name == tweens.ExcView }):
		x.unhandled(err)
		return
	}
	p := predict(func() views.Prediction { return x.app.router.table.PredictError(x.request, err) })
	x.out.Errors = x.views(p)
	if p.View != nil {
		end.View = p.View.String()
	}
	switch {
	case p.Err != nil:
		x.unhandled(p.Err)
		if p.Err != err {
			end.Failure = errorText(p.Err)
		}
	case p.Response != nil && p.View != nil:
		x.response(explain.ByErrorView, p.Response)
	case p.Response != nil:
		x.response(explain.ByFramework, p.Response)
	default:
		web.Drive(x.request).SetError(err) // for the status that the response of an error view starts with
		end.By, end.Status = explain.ByErrorView, x.request.Response().Status()
	}
}

// predict returns the prediction of the view table. A panic of a predicate or a policy becomes its
// error, as it would when serving.
func predict(do func() views.Prediction) (p views.Prediction) {
	err := web.Try(func() error { p = do(); return nil })
	if err != nil {
		p.Err = err
	}
	return p
}

// response sets the outcome to a response that is known without calling a view.
func (x *explainer) response(by string, resp *web.Response) {
	end := &x.out.Outcome
	end.By, end.Status, end.Certain = by, resp.Status(), true
	end.Allow, end.Location = resp.Header("Allow"), resp.Header("Location")
}

// unhandled sets the outcome to the response to an error that leaves the tweens.
func (x *explainer) unhandled(err error) {
	resp, ok := web.Drive(x.request).ErrorResponse(err)
	if !ok {
		resp = web.Respond(http.StatusInternalServerError)
	}
	x.response(explain.ByApp, resp)
}

// views describes the candidates, the chosen one among them.
func (x *explainer) views(p views.Prediction) []explain.View {
	if p.View != nil {
		x.derivers(p.View)
	}
	x.out.Notes = append(x.out.Notes, p.Notes...)
	all := make([]explain.View, 0, len(p.Candidates))
	chosen := false
	for _, c := range p.Candidates {
		v := explain.View{
			View: c.Info.String(), Function: c.Info.View.FuncName(), Source: c.Info.Source.String(),
			Failed: c.Failed, Permission: c.Info.Permission, Chosen: c.Info == p.View,
			Behind: chosen && c.Failed == "", Offer: offer(x.request, c.Info),
		}
		chosen = chosen || v.Chosen
		if c.Err != nil {
			v.Error = x.predicateError(c)
		} else {
			v.Failed += x.had(c.Info.Predicates, c.Failed)
		}
		switch {
		case v.Chosen && p.Decision != nil:
			v.Decision = x.decision(*p.Decision)
		case v.Chosen:
			v.Decision = x.undecided(p)
		}
		if c.Decision != nil {
			v.IfPermitted, v.IfDecision = c.Asked, x.decision(*c.Decision)
		}
		all = append(all, v)
	}
	x.noteOffers(p, all)
	return all
}

// cause returns the text of the error that decided the outcome. That of the policy says so.
func (x *explainer) cause(err error) string {
	for _, v := range x.out.Views {
		if v.Decision != nil && v.Decision.Error != "" {
			return v.View + ": " + v.Decision.Failure(v.Permission)
		}
	}
	return errorText(err)
}

// errorText returns the text of err without a leading status line, which the outcome already has.
func errorText(err error) string {
	text := err.Error()
	if status, ok := web.StatusOf(err); ok {
		line := fmt.Sprintf("%d %s: ", status, http.StatusText(status))
		text = strings.TrimPrefix(text, line)
	}
	return text
}
