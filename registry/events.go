package registry

import (
	"fmt"
	"reflect"
)

// Filter narrows a subscription: the subscriber is told only of the events for which Holds is true. An error of Holds is
// the error of the notification.
type Filter[E any] struct {
	Text  string // for people: `method="POST"`
	Holds func(E) (bool, error)
}

// subscribers are told of the events of type E, in order of registration.
type subscribers[E any] struct {
	list []subscriber[E]
}

type subscriber[E any] struct {
	fn    func(E) error
	where []Filter[E]
}

// Subscribe has fn told of each event of type E for which all filters hold. Subscribers never conflict; they are called
// one after another, in order of registration.
func Subscribe[E any](rec Recorder, fn func(E) error, where ...Filter[E]) {
	c := rec.Directive()
	event := reflect.TypeFor[E]()
	subject := "subscriber to " + event.String()
	texts := make([]string, 0, len(where))
	for i, f := range where {
		if f.Holds == nil {
			c.Fail(fmt.Errorf("%s: filter %d (%q) has no Holds", subject, i+1, f.Text))
			return
		}
		texts = append(texts, f.Text)
	}
	if fn == nil {
		c.Fail(fmt.Errorf("%s: nothing to call", subject))
		return
	}
	c.Declare(Declaration{
		Category: "subscribers",
		Type:     "subscriber",
		Title:    event.String(),
		Fields:   []Field{{"event", event.String()}, {"function", FuncName(fn)}, {"filters", texts}},
		Subject:  subject,
		Run: func(_ *Config, reg *Registry) error {
			s := Ensure(reg, func() *subscribers[E] { return &subscribers[E]{} })
			s.list = append(s.list, subscriber[E]{fn: fn, where: where})
			return nil
		},
	})
}

// Notify tells the subscribers of e. The first error ends it.
func Notify[E any](reg *Registry, e E) error {
	s, ok := Lookup[*subscribers[E]](reg)
	if !ok {
		return nil
	}
	return s.notify(e)
}

// Notifier returns a function that does what Notify does without looking anything up, or nil if nobody subscribed: what
// happens often asks once, after the build, and then costs nothing.
func Notifier[E any](reg *Registry) func(E) error {
	s, ok := Lookup[*subscribers[E]](reg)
	if !ok {
		return nil
	}
	return s.notify
}

func (s *subscribers[E]) notify(e E) error {
next:
	for i := range s.list {
		for _, f := range s.list[i].where {
			ok, err := f.Holds(e)
			if err != nil {
				return err
			}
			if !ok {
				continue next
			}
		}
		if err := s.list[i].fn(e); err != nil {
			return err
		}
	}
	return nil
}
