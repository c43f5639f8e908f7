package framework

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// answer tells which view would answer, or what would be answered to err, with
// which the search ended before the views.
func (x *explainer) answer(err error) {
	x.out.Views, x.out.Errors = []ExplainedView{}, []ExplainedView{}
	end := &x.out.Outcome
	end.At = x.at
	if err == nil {
		o := predict(func() views.Prediction { return x.router.table.Predict(x.request) })
		x.out.Views = x.views(o)
		switch {
		case o.Err != nil:
			err = o.Err
		case o.Response != nil:
			x.madeBy(ByFramework, o.Response)
			return
		default:
			*end = Outcome{Status: http.StatusOK, By: ByView, View: o.View.String(), At: x.at}
			return
		}
	}
	end.Cause = textOf(err)
	switch {
	case errors.Is(err, http.ErrAbortHandler):
		end.By, end.Certain = ByNobody, true
		return
	case !slices.ContainsFunc(x.out.Tweens, func(t ExplainedTween) bool { return t.Name == tweens.ExcView }):
		end.By, end.Status, end.Certain = ByNobody, http.StatusInternalServerError, true
		return
	}
	o := predict(func() views.Prediction { return x.router.table.PredictError(x.request, err) })
	x.out.Errors = x.views(o)
	if o.View != nil {
		end.View = o.View.String()
	}
	switch {
	case o.Err != nil:
		end.By, end.Status, end.Certain = ByNobody, http.StatusInternalServerError, true
		if o.Err != err {
			end.Failure = textOf(o.Err)
		}
	case o.Response != nil && o.View != nil:
		x.madeBy(ByErrorView, o.Response)
	case o.Response != nil:
		x.madeBy(ByFramework, o.Response)
	default:
		web.SetError(x.request, err) // the status that such a view begins with
		end.By, end.Status = ByErrorView, x.request.Response().Status()
	}
}

// madeBy tells of an answer that is made without calling a view.
func (x *explainer) madeBy(by string, resp *web.Response) {
	end := &x.out.Outcome
	end.By, end.Status, end.Certain = by, resp.Status(), true
	end.Allow, end.Location = resp.Header("Allow"), resp.Header("Location")
}

// views tells of the candidates, and of the one that was chosen.
func (x *explainer) views(o views.Prediction) []ExplainedView {
	all := make([]ExplainedView, 0, len(o.Candidates))
	chosen := false
	for _, c := range o.Candidates {
		told := ExplainedView{
			View: c.Info.String(), Function: c.Info.View.FuncName(), Source: c.Info.Source.String(),
			Failed: c.Failed, Permission: c.Info.Permission, Chosen: c.Info == o.View,
			Behind: chosen && c.Failed == "",
		}
		chosen = chosen || told.Chosen
		if c.Err != nil {
			told.Error = c.Err.Error()
		}
		if told.Chosen && o.Decision != nil {
			told.Decision = &ExplainedDecision{Allowed: o.Decision.Allowed, Reason: o.Decision.Reason}
			if at := o.Decision.At; !at.IsZero() {
				told.Decision.At = at.String()
			}
			x.user()
		}
		all = append(all, told)
	}
	return all
}

// user tells who is asking, once the policy was asked what they may.
func (x *explainer) user() {
	err := safely(func() (err error) {
		x.out.User, err = x.request.UserID()
		return err
	})
	if err != nil {
		x.notef("who is asking: %v", err)
	}
}

// textOf is an error as developers read it: without the words that the status
// says already.
func textOf(err error) string {
	text := err.Error()
	if status, ok := web.StatusOf(err); ok {
		line := fmt.Sprintf("%d %s: ", status, http.StatusText(status))
		text = strings.TrimPrefix(text, line)
	}
	return text
}
