package main

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/topics"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/sse"
)

// talk has the views of a room. The topic of a room is its path.
type talk struct{ hub *topics.Hub }

// said is the name of a message, and remark what it holds. guest is someone who is not logged in.
const said, guest = "said", "a guest"

type remark struct {
	Who  string    `json:"who"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// Clock returns the time for people.
func (m remark) Clock() string { return m.At.Format("15:04") }

// showHouse lists the rooms that the user may enter.
func showHouse(r *framework.Request, _ *House) (nodes []traversal.Node, err error) {
	for node, err := range security.Children(r, r.Node(), mayRead) {
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, node)
	}
	return nodes, nil
}

// message is the form of a room.
type message struct {
	Text string `form:"text" json:"text"`
}

// Validate checks a message before it is said.
func (m message) Validate() error {
	switch text := strings.TrimSpace(m.Text); {
	case text == "":
		return &views.InputError{Fields: []views.FieldError{{Name: "text", Text: "write something first"}}}
	case len(text) > 2000:
		return &views.InputError{Fields: []views.FieldError{{Name: "text", Text: "at most 2,000 bytes, please"}}}
	}
	return nil
}

// roomPage is a room as the page shows it. The stream of events continues at Position.
type roomPage struct {
	*forms.Form
	Position string
	Remarks  []remark
	Present  []string
}

func (t *talk) show(r *framework.Request, _ *Room) (page roomPage, err error) {
	topic := r.Node().Path()
	page.Form = forms.Show(r, message{})
	page.Present = t.hub.Present(topic)
	if page.Position, err = t.hub.Position(topic); err != nil { // before the messages: one may come twice
		return page, err
	}
	for _, m := range t.hub.Recent(topic) {
		var each remark
		if err := json.Unmarshal(m.Data, &each); err != nil {
			return page, err
		}
		page.Remarks = append(page.Remarks, each)
	}
	return page, nil
}

// say publishes a message. The script of the page needs no page in return.
func (t *talk) say(r *framework.Request, _ *Room, in message) (*framework.Response, error) {
	user, err := r.UserID()
	if err != nil {
		return nil, err
	}
	if err := t.publish(r.Context(), r.Node().Path(), user, in.Text); err != nil {
		return nil, err
	}
	if r.Header.Get("X-Requested-With") != "" {
		return r.Empty(http.StatusNoContent), nil
	}
	to, err := r.ResourcePath(r.Node())
	return r.Redirect(http.StatusSeeOther, to), err
}

// publish sends a message to everyone in a room.
func (t *talk) publish(ctx context.Context, topic, user, text string) error {
	data, err := json.Marshal(remark{user, text, time.Now().UTC()})
	if err == nil {
		_, err = t.hub.Publish(ctx, topic, said, data)
	}
	return err
}

// event returns the event for a message of a topic: a change of presence has the names.
func (t *talk) event(topic string, m topics.Message) (sse.Event, error) {
	if m.Kind == topics.Presence {
		return sse.JSON("presence", t.hub.Present(topic))
	}
	return sse.EventOf(m), nil
}

// events is the stream of what happens in a room. The user is there as long as it lasts. After ten
// minutes the browser connects again, so that the permission is checked again.
func (t *talk) events(r *framework.Request, _ *Room) (*framework.Response, error) {
	user, err := r.UserID()
	if err != nil {
		return nil, err
	}
	topic, after := r.Node().Path(), cmp.Or(sse.LastEventID(r), r.URL.Query().Get("after"))
	return sse.New(r, sse.Options{MaxAge: 10 * time.Minute}, func(ctx context.Context, s *sse.Stream) error {
		sub, err := t.hub.Subscribe(topic, after)
		if err != nil {
			return err
		}
		defer sub.Close()
		leave, err := t.hub.Join(ctx, topic, cmp.Or(user, guest)) // is the first event
		if err != nil {
			return err
		}
		defer leave()
		return s.Follow(ctx, sub, func(m topics.Message) (sse.Event, error) { return t.event(topic, m) })
	}), nil
}
