package explain

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// Explanation is what an application would do with one request, stage by stage. It consists of
// text and numbers: people read it with [Explanation.WriteText] and [Explanation.WriteHTML],
// programs as JSON. It belongs to its caller, and no request or application keeps a reference to
// it.
//
// It is for developers. It shows names, types and errors that no client may see.
type Explanation struct {
	Method string `json:"method"`
	Target string `json:"target"` // path and query, as requested
	User   string `json:"user,omitempty"`
	// Principals are those of the user, if the security policy was consulted and has any.
	Principals []string  `json:"principals,omitempty"`
	Outcome    Outcome   `json:"outcome"`
	Notes      []string  `json:"notes"`
	Tweens     []Tween   `json:"tweens"` // outermost first
	Routes     []Route   `json:"routes"` // in matching order
	Walk       *Walk     `json:"walk"`   // nil if the request did not get that far
	Views      []View    `json:"views"`  // in the order they are tried
	Errors     []View    `json:"error_views"`
	Derivers   []Deriver `json:"derivers"` // outermost first: those around the chosen view, or all without one
}

var _ fmt.Stringer = (*Explanation)(nil)

// WriteJSON writes the explanation as indented JSON. The field names are stable.
func (e *Explanation) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(e)
}

// Stage is a part of the way from a request to its view.
type Stage string

// The stages, in the order a request passes them. Those named after an event are the calls of its
// subscribers.
const (
	AtNewRequest      Stage = "NewRequest"
	AtRoutes          Stage = "routes"
	AtBeforeTraversal Stage = "BeforeTraversal"
	AtRootFactory     Stage = "root factory"
	AtTraversal       Stage = "traversal"
	AtResourceFound   Stage = "ResourceFound"
	AtViews           Stage = "views"
)

// What produces the response, see Outcome.By.
const (
	ByView      = "view"
	ByErrorView = "error view"
	ByFramework = "framework" // the default response for an error, a redirect, or OPTIONS
	ByApp       = "app"       // for an error that leaves the tweens: the response of its status, or a 500, which is logged
)

// Outcome predicts the response.
type Outcome struct {
	// Status is the status of the response, 0 if the connection would be closed without one.
	Status int `json:"status"`
	// Certain is false if a view produces the response, since it may set another status.
	Certain bool `json:"certain"`
	// By is what produces the response: ByView, ByErrorView, ByFramework or ByApp.
	By string `json:"by"`
	// View is the view that produces the response, "" if none does.
	View string `json:"view,omitempty"`
	// At is the stage that decided the outcome.
	At Stage `json:"at"`
	// Cause is the error that the response is for, "" if there is none.
	Cause string `json:"cause,omitempty"`
	// Failure is why the error view for Cause cannot be called.
	Failure string `json:"failure,omitempty"`
	// Allow and Location are headers of a response by the framework.
	Allow    string `json:"allow,omitempty"`
	Location string `json:"location,omitempty"`
}

// Tween is a tween around the router. Explaining a request does not run its tweens.
type Tween struct {
	Name   string `json:"name"`
	Source string `json:"source,omitempty"` // where it was registered, "" if the framework did it
	// Outside reports that the tween lies outside EXCVIEW: no error view handles its errors.
	Outside bool `json:"outside_excview"`
	// MayAnswer reports that the tween may respond itself, before the request gets to the router.
	// It is false for tweens that always call the next handler.
	MayAnswer bool `json:"may_answer"`
}

// Route is a route that was tried, or one that an earlier match hides.
type Route struct {
	Name    string  `json:"name"`
	Pattern string  `json:"pattern"`
	Source  string  `json:"source"`
	Matched bool    `json:"matched"`
	Failed  string  `json:"failed,omitempty"` // why it did not match
	Params  []Param `json:"params,omitempty"` // nil if the pattern did not match
	// Shadowed reports that the pattern also matches, but an earlier route matched first.
	Shadowed bool `json:"shadowed"`
}

// Param is the value of a route marker.
type Param struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Walk is the traversal from the root to the resource.
type Walk struct {
	Factory     string `json:"factory"` // whose root factory: "application", `route "x"`, or "default" for none
	Root        string `json:"root"`    // type of the root, "" if the factory failed
	Path        string `json:"path"`    // path to walk, escaped
	VirtualRoot string `json:"virtual_root,omitempty"`
	Steps       []Step `json:"steps"`
	Resource    string `json:"resource,omitempty"` // type of the resource found, "" if the walk failed
	At          string `json:"at,omitempty"`       // path of that resource
	// Place is the path that the resource states itself, if that is not At. Access lists of that
	// path apply.
	Place    string   `json:"place,omitempty"`
	ViewName string   `json:"view_name"`
	Subpath  []string `json:"subpath"`
	Error    string   `json:"error,omitempty"`
	// Permission is the one that was denied on the way, and Decision why; nil if none was.
	Permission string    `json:"permission,omitempty"`
	Decision   *Decision `json:"decision,omitempty"`
}

// Step is the lookup of one name.
type Step struct {
	Name       string        `json:"name"`
	Parent     string        `json:"parent"`          // type
	Capability string        `json:"capability"`      // see traversal.Step
	Child      string        `json:"child,omitempty"` // type, "" if no child was found
	Missing    bool          `json:"missing"`         // no child of that name, or no children at all
	Hint       string        `json:"hint,omitempty"`  // why a parent that looks like a container is not one
	Elapsed    time.Duration `json:"elapsed_ns"`
	Error      string        `json:"error,omitempty"`
}

var _ fmt.Stringer = Step{}

// View is a candidate for handling the request, or the error that ended it.
type View struct {
	View       string `json:"view"`
	Function   string `json:"function,omitempty"`
	Source     string `json:"source"`
	Failed     string `json:"failed,omitempty"` // the first predicate that does not hold, and what the request has
	Error      string `json:"error,omitempty"`  // the error of that predicate
	Chosen     bool   `json:"chosen"`
	Permission string `json:"permission,omitempty"`
	// Behind reports that the view matches, but an earlier one was chosen.
	Behind bool `json:"behind"`
	// Offer is the media type that the view offers, nil without a predicate Accept.
	Offer *Offer `json:"offer,omitempty"`
	// Decision is the security policy's; nil if the policy was not consulted.
	Decision *Decision `json:"decision,omitempty"`
	// IfPermitted is the permission of the predicate of that name, and IfDecision the decision
	// about it.
	IfPermitted string    `json:"if_permitted,omitempty"`
	IfDecision  *Decision `json:"if_decision,omitempty"`
}

// Offer is a media type that a view offers, and how much the client wants it.
type Offer struct {
	Type       string  `json:"type"`
	Quality    float64 `json:"quality"`         // from 0, not acceptable, to 1
	Range      string  `json:"range,omitempty"` // of the Accept header, as written, that gave the quality; "" if none matches
	Preference bool    `json:"preference"`      // the request has a readable Accept header
}

// Decision is what the security policy decided.
type Decision struct {
	Allowed bool   `json:"allowed"`
	Reason  string `json:"reason,omitempty"`
	At      string `json:"at,omitempty"` // the resource whose rule decided
	// Entry is the entry of the access list of At that decided, and Position its place there, from
	// 1; "" and 0 if there is none.
	Entry    string `json:"entry,omitempty"`
	Position int    `json:"position,omitempty"`
	// Error is that of the policy, if it failed: then it neither allows nor denies.
	Error string `json:"error,omitempty"`
	// Lineage are the resources whose rules count, from the one that the decision is about up to
	// the root.
	Lineage []string `json:"lineage,omitempty"`
}

// Deriver is a deriver around the view.
type Deriver struct {
	Name    string   `json:"name"`
	Source  string   `json:"source,omitempty"`  // where it was registered, "" if the framework did it
	Options []string `json:"options,omitempty"` // the view's options that it reads, such as cache=5m0s
}
