package registry

import (
	"fmt"
	"reflect"
)

// Filter limits a subscription to the events for which Holds returns true. An error of Holds
// becomes the error of the notification.
type Filter[E any] struct {
	Text  string // for display: `method="POST"`
	Holds func(E) (bool, error)
}

// subscribers are the subscribers to events of type E, in the order they were registered.
type subscribers[E any] struct {
	list []subscriber[E]
}

type subscriber[E any] struct {
	fn    func(E) error
	where []Filter[E]
}

// Subscribe is a directive that calls fn with each event of type E for which all filters hold.
// Subscribers never conflict. They are called one after the other, in the order they were
// registered.
func Subscribe[E any](rec Recorder, fn func(E) error, where ...Filter[E]) {
	c := rec.Directive()
	event := reflect.TypeFor[E]()
	subject := "subscriber to " + event.String()
	texts := make([]string, 0, len(where))
	for i, f := range where {
		if f.Holds == nil {
			c.Report(fmt.Errorf("%s: filter %d (%q) has no Holds function", subject, i+1, f.Text))
			return // nothing refers to a subscriber
		}
		texts = append(texts, f.Text)
	}
	if fn == nil {
		c.Report(fmt.Errorf("%s: the function is nil", subject))
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

// Notify calls the subscribers to E with e. It stops at the first error and returns it.
func Notify[E any](reg *Registry, e E) error {
	s, ok := Lookup[*subscribers[E]](reg)
	if !ok {
		return nil
	}
	return s.notify(e)
}

// Notifier returns a function that does what Notify does without a lookup, or nil if there are no
// subscribers. It is for frequent events: call it once, after the build.
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
