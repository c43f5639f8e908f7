package framework

import (
	"fmt"
	"time"
)

// Explanation tells how an application arrives at its answer to a request: all
// that App.Explain found out, in the order of the request's way. It is made of
// texts and numbers, for people (String, WriteText, WriteHTML) and for programs
// (JSON, whose names stay). It belongs to its caller and never changes.
//
// It is for developers: it shows names, types and errors that no client may see.
type Explanation struct {
	Method   string             `json:"method"`
	Target   string             `json:"target"` // path and query, as asked for
	User     string             `json:"user,omitempty"`
	Outcome  Outcome            `json:"outcome"`
	Notes    []string           `json:"notes"`
	Tweens   []ExplainedTween   `json:"tweens"` // outermost first
	Routes   []ExplainedRoute   `json:"routes"` // in the order in which they are tried
	Walk     *ExplainedWalk     `json:"walk"`   // nil if it did not come so far
	Views    []ExplainedView    `json:"views"`  // in the order in which they are asked
	Errors   []ExplainedView    `json:"error_views"`
	Derivers []ExplainedDeriver `json:"derivers"` // outermost first
}

// Who makes the answer, see Outcome.By.
const (
	ByView      = "view"
	ByErrorView = "error view"
	ByFramework = "framework" // an error's plain answer, a redirect, the answer to OPTIONS
	ByNobody    = "nobody"    // the error leaves the tweens: it is logged, and a bare 500 is sent
)

// Outcome is what would be answered.
type Outcome struct {
	// Status is that of the answer, 0 if the connection would be cut.
	Status int `json:"status"`
	// Certain is false where a view makes the answer, which may set another status.
	Certain bool `json:"certain"`
	// By is who makes the answer.
	By string `json:"by"`
	// View is the view that does, "" without one.
	View string `json:"view,omitempty"`
	// At is where it was decided: "NewRequest", "routes", "BeforeTraversal", "root
	// factory", "traversal", "ResourceFound", "views".
	At string `json:"at"`
	// Cause is the whole error that is answered; "" if a view is.
	Cause string `json:"cause,omitempty"`
	// Failure is why the error view for it cannot answer.
	Failure string `json:"failure,omitempty"`
	// Allow and Location are headers of an answer of the framework.
	Allow    string `json:"allow,omitempty"`
	Location string `json:"location,omitempty"`
}

// ExplainedTween is a tween around the request. No tween is run for an explanation.
type ExplainedTween struct {
	Name   string `json:"name"`
	Source string `json:"source,omitempty"`
	// Outside: it lies outside EXCVIEW, so that no error view answers its errors.
	Outside bool `json:"outside_excview"`
}

// ExplainedRoute is a route that was tried, or that stands behind the one that
// matched.
type ExplainedRoute struct {
	Name    string           `json:"name"`
	Pattern string           `json:"pattern"`
	Source  string           `json:"source"`
	Matched bool             `json:"matched"`
	Failed  string           `json:"failed,omitempty"` // why it did not match
	Params  []ExplainedParam `json:"params,omitempty"` // what the pattern took
	// Shadowed: it was not tried, since a route before it matched, but its pattern
	// takes the path as well.
	Shadowed bool `json:"shadowed"`
}

// ExplainedParam is what a marker of a route took.
type ExplainedParam struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// ExplainedWalk is the traversal.
type ExplainedWalk struct {
	Factory     string          `json:"factory"` // whose root factory: "application", `route "x"`, "default"
	Root        string          `json:"root"`    // type of the root
	Path        string          `json:"path"`    // that was to be walked, escaped
	VirtualRoot string          `json:"virtual_root,omitempty"`
	Steps       []ExplainedStep `json:"steps"`
	Resource    string          `json:"resource,omitempty"` // type of the resource where it ended; "" if it failed
	At          string          `json:"at,omitempty"`       // path of that resource
	ViewName    string          `json:"view_name"`
	Subpath     []string        `json:"subpath"`
	Error       string          `json:"error,omitempty"`
}

// ExplainedStep is one name of the path, and what became of it.
type ExplainedStep struct {
	Name       string        `json:"name"`
	Parent     string        `json:"parent"`          // type
	Capability string        `json:"capability"`      // see traversal.Step
	Child      string        `json:"child,omitempty"` // type; "" if there is none
	Missing    bool          `json:"missing"`         // the parent has no such child, or none at all
	Elapsed    time.Duration `json:"elapsed_ns"`
	Error      string        `json:"error,omitempty"`
}

var _ fmt.Stringer = ExplainedStep{}

// ExplainedView is a view that may answer.
type ExplainedView struct {
	View       string `json:"view"`
	Function   string `json:"function,omitempty"`
	Source     string `json:"source"`
	Failed     string `json:"failed,omitempty"` // the first predicate that does not hold
	Error      string `json:"error,omitempty"`  // of that predicate
	Chosen     bool   `json:"chosen"`
	Permission string `json:"permission,omitempty"`
	// Behind: it fits, but one before it was chosen.
	Behind bool `json:"behind"`
	// Decision is that of the security policy; nil unless it was asked.
	Decision *ExplainedDecision `json:"decision,omitempty"`
}

// ExplainedDecision is what the security policy said.
type ExplainedDecision struct {
	Allowed bool   `json:"allowed"`
	Reason  string `json:"reason,omitempty"`
	At      string `json:"at,omitempty"` // the resource whose rule decided
}

// ExplainedDeriver is a deriver around the view.
type ExplainedDeriver struct {
	Name   string `json:"name"`
	Source string `json:"source,omitempty"` // "" for those of the framework
}
