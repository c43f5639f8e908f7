package notebook

import (
	"sync"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// Changed is the event of a change: the user, the kind of change and the path of the resource.
type Changed struct {
	User string `json:"user"`
	What string `json:"what"`
	Path string `json:"path"`
}

// changed notifies the subscribers of a change at a place in the tree.
func changed(r *web.Request, what string, at traversal.Node) error {
	user, err := r.UserID()
	if err != nil {
		return err
	}
	return registry.Notify(r.Registry(), &Changed{User: user, What: what, Path: at.Path()})
}

// Journal records the changes. It is a component of the application.
type Journal struct {
	mu      sync.Mutex
	changes []Changed
}

// Changes returns the changes so far, oldest first.
func (j *Journal) Changes() []Changed {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]Changed{}, j.changes...)
}

func (j *Journal) note(e *Changed) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.changes = append(j.changes, *e)
	return nil
}

// AddJournal makes the journal a component and subscribes it to all changes.
func AddJournal(rec registry.Recorder, journal *Journal) {
	c := rec.Directive()
	c.Declare(registry.Declaration{
		Category: "journal", ID: "journal",
		Remedy: "an application has one journal",
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			registry.Provide(reg, journal)
			return nil
		},
	})
	registry.Subscribe(c, journal.note)
}
