package conformance

import (
	"maps"
	"slices"
)

// memory is what a plain model of sessions knows about the session of a client: names of values,
// and the messages of flash queues. It predicts where our sessions differ from Pyramid's: which
// sessions are new, and which responses set the cookie.
type memory struct {
	known  bool // the client has a session
	values map[string]bool
	queues map[string][]string

	ended, popped bool // what the rules are about has happened
}

// predict plays the operations of a view. It returns what "new" gives, each time, and whether the
// response sets the cookie. sent says that the client has sent one.
func (m *memory) predict(list []operation, sent bool) (isNew []bool, sets bool) {
	m.values, m.queues = maps.Clone(m.values), maps.Clone(m.queues)
	if m.values == nil {
		m.values, m.queues = map[string]bool{}, map[string][]string{}
	}
	changed, touched, invalid := false, false, false
	for _, o := range list {
		name := o.text(1)
		switch o.text(0) {
		case "set":
			m.values[name], changed = true, true
		case "del":
			delete(m.values, name)
			changed = true
		case "new":
			isNew = append(isNew, !m.known)
		case "invalidate":
			*m = memory{values: map[string]bool{}, queues: map[string][]string{}, ended: true, popped: m.popped}
			changed, touched, invalid = false, false, true
		case "changed":
			touched = true
		case "flash":
			queue := o.text(2)
			if !o.unique() || !slices.Contains(m.queues[queue], name) {
				m.queues[queue] = append(slices.Clone(m.queues[queue]), name)
				changed = true
			}
		case "pop_flash":
			m.popped = m.popped || len(m.queues[name]) == 0
			changed = changed || len(m.queues[name]) > 0
			delete(m.queues, name)
		case "get_csrf_token", "new_csrf_token":
			changed = changed || o.text(0) == "new_csrf_token" || !m.values["_csrft_"]
			m.values["_csrft_"] = true
		}
	}
	empty := len(m.values)+len(m.queues) == 0
	switch {
	case m.known:
		sets = changed || touched
	case !empty || touched:
		m.known, sets = true, true
	default:
		sets = invalid && sent // the cookie is removed
	}
	return isNew, sets
}

// predicted is what the model says about one request.
type predicted struct {
	isNew         []bool
	sets          bool
	ended, popped bool // see memory
	operations    []operation
}

// session returns the prediction for a request whose view is called, the zero one for others.
func (x *exchange) session() predicted {
	if x.predicted != nil {
		return *x.predicted
	}
	p := new(predicted)
	x.predicted = p
	view, _ := x.Expect["view"].(string)
	if x.visitor == nil || view == "" {
		return *p
	}
	for _, d := range x.rehearsal.views {
		if d.View == view {
			p.operations, _ = d.Behavior.operations()
		}
	}
	if len(p.operations) == 0 {
		return *p
	}
	m := &x.visitor.memory
	p.isNew, p.sets = m.predict(p.operations, x.visitor.cookie != "")
	p.ended, p.popped = m.ended, m.popped
	return *p
}

// amendSession changes Pyramid's result into that of the model.
func (x *exchange) amendSession(want Expect) {
	p := x.session()
	want["sets_session_cookie"] = p.sets
	results, _ := want["session"].([]any)
	results = slices.Clone(results)
	isNew := p.isNew
	for i, o := range p.operations {
		if o.text(0) == "new" && i < len(results) {
			results[i], isNew = isNew[0], isNew[1:]
		}
	}
	if results != nil {
		want["session"] = results
	}
}
